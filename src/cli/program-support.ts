import type { Command } from "commander";
import { examples, flagsOf, type Runner, withFlags } from "./program-kit.ts";

/** What serves the other commands: pages, configuration, keys, completion, the plain API, the database. */
export function addSupportCommands(program: Command, run: Runner): void {
  addOpen(program, run);
  addConfig(program, run);
  addAuth(program, run);
  addCompletion(program, run);
  addApi(program, run);
  addDb(program, run);
  withFlags(program.command("version"))
    .description("version of this program, of Node, and of the server")
    .addHelpText("after", examples("pilotlight version", "pilotlight version --json"))
    .action((_options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/version.ts")).version(context),
      ),
    );
}

function addOpen(program: Command, run: Runner): void {
  withFlags(program.command("open <thing>"))
    .description("open the page of a document, batch, failure or container in the browser")
    .option("--print", "only print its address")
    .addHelpText("after", examples("pilotlight open d_7K2", "pilotlight open b_9QX --print"))
    .action((thing, options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/open.ts")).open(context, thing, options),
      ),
    );
}

function addConfig(program: Command, run: Runner): void {
  const config = withFlags(program.command("config"))
    .description("settings: list, get, set")
    .helpCommand(false)
    .addHelpText(
      "after",
      examples("pilotlight config list --show-origin", "pilotlight config get port"),
    );
  withFlags(config.command("list"))
    .description("every setting with its value; secrets are shown as (set)")
    .option("--show-origin", "and where it comes from: default, file or variable")
    .addHelpText(
      "after",
      examples("pilotlight config list --show-origin", "pilotlight config list --json"),
    )
    .action((options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/config.ts")).configList(context, options),
      ),
    );
  withFlags(config.command("get <key>"))
    .description("one setting")
    .option("--show-origin", "and where it comes from")
    .addHelpText(
      "after",
      examples("pilotlight config get port", "pilotlight config get timings.drainMs --show-origin"),
    )
    .action((key, options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/config.ts")).configGet(context, key, options),
      ),
    );
  withFlags(config.command("set <key> <value>"))
    .description("change a setting in pilotlight.yaml; its comments stay. - reads stdin")
    .addHelpText(
      "after",
      examples("pilotlight config set port 4700", "pilotlight config set openaiApiKey - < key.txt"),
    )
    .action((key, value, _options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/config.ts")).configSet(context, key, value),
      ),
    );
}

const keysNote =
  "\nWhich keys a server takes stands in its own configuration:\napiKeys, or PILOTLIGHT_API_KEYS.\n";

function addAuth(program: Command, run: Runner): void {
  const auth = withFlags(program.command("auth"))
    .description("the API keys that this machine holds: login, status, logout")
    .helpCommand(false)
    .addHelpText(
      "after",
      keysNote +
        examples(
          "pilotlight auth login --url https://pilotlight.example",
          "pilotlight auth status",
        ),
    );
  withFlags(auth.command("login"))
    .description("keep the API key of a server; it is read from stdin, or pasted")
    .addHelpText(
      "after",
      examples(
        "pilotlight auth login --url https://pilotlight.example < key.txt",
        "pilotlight auth login --url https://pilotlight.example --profile work",
      ),
    )
    .action((_options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/auth.ts")).authLogin(context),
      ),
    );
  withFlags(auth.command("status"))
    .description("which servers are known, and whether the present key is accepted")
    .addHelpText(
      "after",
      examples("pilotlight auth status", "pilotlight auth status --profile work --json"),
    )
    .action((_options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/auth.ts")).authStatus(context),
      ),
    );
  withFlags(auth.command("logout"))
    .description("forget the key of a server")
    .addHelpText(
      "after",
      examples(
        "pilotlight auth logout --profile work",
        "pilotlight auth logout --url https://pilotlight.example",
      ),
    )
    .action((_options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/auth.ts")).authLogout(context),
      ),
    );
}

function addCompletion(program: Command, run: Runner): void {
  withFlags(program.command("completion <shell>"))
    .description("print the completion script of bash, zsh, fish or powershell")
    .addHelpText(
      "after",
      examples(
        "source <(pilotlight completion bash)",
        "pilotlight completion fish > ~/.config/fish/completions/pilotlight.fish",
      ),
    )
    .action((shell, _options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/completion.ts")).completion(context, shell),
      ),
    );
  withFlags(program.command("complete [words...]", { hidden: true }))
    .description("what may come next on a command line; asked by the completion scripts")
    .addHelpText(
      "after",
      examples("pilotlight complete -- fleet st", 'pilotlight complete -- status ""'),
    )
    .action((words, _options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/completion.ts")).complete(context, program, words),
      ),
    );
}

function addApi(program: Command, run: Runner): void {
  const collect = (value: string, all: readonly string[] = []): string[] => [...all, value];
  withFlags(program.command("api <path>"))
    .description("ask the HTTP API and print its answer; documents is short for /api/documents")
    .option("-X, --method <method>", "GET, POST, PUT or DELETE; POST where there is a body")
    .option("-f, --field <name=value>", "a field of the body; may be given again", collect)
    .option("--input <file>", "the body itself, JSON; - reads stdin")
    .option("-o, --output <file>", "write the answer to this file")
    .addHelpText(
      "after",
      examples(
        "pilotlight api documents?limit=5",
        "pilotlight api documents/d_7K2/retry -f dryRun=true",
      ),
    )
    .action((path, options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/api.ts")).api(context, path, options),
      ),
    );
}

function addDb(program: Command, run: Runner): void {
  const db = withFlags(program.command("db"))
    .description("the database's schema: status, migrate")
    .helpCommand(false)
    .addHelpText("after", examples("pilotlight db status", "pilotlight db migrate"));
  withFlags(db.command("status"))
    .description("server and migrations; ends with 3 while some are to be applied")
    .addHelpText("after", examples("pilotlight db status", "pilotlight db status --json"))
    .action((_options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/db.ts")).dbStatus(context),
      ),
    );
  withFlags(db.command("migrate"))
    .description("apply what is to be applied, as every start does")
    .addHelpText("after", examples("pilotlight db migrate", "pilotlight db migrate --json"))
    .action((_options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/db.ts")).dbMigrate(context),
      ),
    );
}
