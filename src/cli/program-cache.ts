import type { Command } from "commander";
import { examples, flagsOf, type Runner, withFlags } from "./program-kit.ts";

/** `cache stats` and `cache clear`. */
export function addCacheCommands(program: Command, run: Runner): void {
  const cache = withFlags(program.command("cache"))
    .description("visual results kept for the same documents again: stats, clear")
    .helpCommand(false)
    .addHelpText("after", examples("pilotlight cache stats", "pilotlight cache clear --all"));
  withFlags(cache.command("stats"))
    .description("what is kept of this workspace, where, and whether it answers")
    .addHelpText("after", examples("pilotlight cache stats", "pilotlight cache stats --json"))
    .action((_options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/cache.ts")).cacheStats(context),
      ),
    );
  withFlags(cache.command("clear [document]"))
    .description("forget what is kept of a document (its id or SHA-256), or of all")
    .option("--all", "all of this workspace")
    .addHelpText(
      "after",
      examples("pilotlight cache clear d_7K2", "pilotlight cache clear --all --json"),
    )
    .action((document, options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/cache.ts")).cacheClear(context, document, options),
      ),
    );
}
