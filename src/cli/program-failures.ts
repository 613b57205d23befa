import type { Command } from "commander";
import { examples, flagsOf, type Runner, withFlags } from "./program-kit.ts";

/** `failures` with what is under it, and `why`. */
export function addFailureCommands(program: Command, run: Runner): void {
  const failures = withFlags(program.command("failures"))
    .description("what failed, by its cause: ls, show, retry, ack")
    .helpCommand(false)
    .addHelpText(
      "after",
      examples("pilotlight failures ls", "pilotlight failures show f_0123456789ab"),
    );
  addLs(failures, run);
  addShow(failures, run);
  addRetry(failures, run);
  addAck(failures, run);
  withFlags(program.command("why <thing>"))
    .description("why a document, task, container, decision or failure is as it is")
    .addHelpText("after", examples("pilotlight why d_7K2", "pilotlight why vision-1 --json"))
    .action((thing, _options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/why.ts")).why(context, thing),
      ),
    );
}

function addLs(failures: Command, run: Runner): void {
  withFlags(failures.command("ls"))
    .description("causes of failure, those that need somebody first")
    .option("--since <window>", "how far back: 24h, 7d or 28d", "7d")
    .option("--state <state>", "open, acknowledged, recovered or all", "open")
    .addHelpText(
      "after",
      examples("pilotlight failures ls", "pilotlight failures ls --since 24h --state all --json"),
    )
    .action((options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/failures.ts")).failuresLs(context, options),
      ),
    );
}

function addShow(failures: Command, run: Runner): void {
  withFlags(failures.command("show <fingerprint>"))
    .description("one cause: its attempts, and what their containers said last")
    .option("--since <window>", "how far back: 24h, 7d or 28d", "28d")
    .addHelpText(
      "after",
      examples(
        "pilotlight failures show f_0123456789ab",
        "pilotlight failures show f_0123456789ab --json",
      ),
    )
    .action((fingerprint, options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/failures.ts")).failuresShow(context, fingerprint, options),
      ),
    );
}

function addRetry(failures: Command, run: Runner): void {
  withFlags(failures.command("retry <fingerprint>"))
    .description("try again all that failed so, a few documents at a time; asks first")
    .option("--dry-run", "only say what it comes to")
    .option("-y, --yes", "do not ask first; needed where there is no terminal")
    .addHelpText(
      "after",
      examples(
        "pilotlight failures retry f_0123456789ab --dry-run",
        "pilotlight failures retry f_0123456789ab --yes",
      ),
    )
    .action((fingerprint, options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/failures.ts")).failuresRetry(context, fingerprint, options),
      ),
    );
}

function addAck(failures: Command, run: Runner): void {
  withFlags(failures.command("ack <fingerprint>"))
    .description("say that a cause is known; it is open again when it fails so once more")
    .option("--note <text>", "why, or where it is worked on")
    .option("--mute", "until a newer pack version or another engine fails so")
    .option("--undo", "take it back")
    .addHelpText(
      "after",
      examples(
        'pilotlight failures ack f_0123456789ab --note "driver update on Monday"',
        "pilotlight failures ack f_0123456789ab --mute",
      ),
    )
    .action((fingerprint, options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/failures.ts")).failuresAck(context, fingerprint, options),
      ),
    );
}
