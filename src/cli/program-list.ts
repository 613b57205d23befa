import type { Command } from "commander";
import { examples, flagsOf, type Runner, withFlags } from "./program-kit.ts";

/** Lists of documents, as the page shows them. */
export function addListCommands(program: Command, run: Runner): void {
  withFlags(program.command("ls"))
    .description("documents; what needs attention first, as on the page")
    .option("--state <states>", "only those in these states, such as failed,cancelled")
    .option("--filter <filter>", "progress, attention or done, as on the page")
    .option("--search <words>", "only with these words in the name or the company")
    .option("--since <duration>", "only those accepted within this time, such as 24h")
    .option("--sort <order>", "created, finished or name; with - before it, the other way round")
    .option("--limit <number>", "at most so many", "50")
    .addHelpText(
      "after",
      examples("pilotlight ls --since 24h --sort -finished", "pilotlight ls --state failed --json"),
    )
    .action((options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/ls.ts")).ls(context, options),
      ),
    );
}
