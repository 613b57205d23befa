import type { Command } from "commander";
import { examples, flagsOf, type Runner, withFlags } from "./program-kit.ts";

const collect = (value: string, all: readonly string[]): string[] => [...all, value];

/** What all decks say, the words of their slides, and what one or two of them say. */
export function addPortfolioCommands(program: Command, run: Runner): void {
  withFlags(program.command("portfolio"))
    .description("all decks with their fields as they stand after review")
    .option("--columns <names>", "columns with commas between, such as startup_name")
    .option("--filter <filter>", "such as funding_amount:from:2M EUR; may be repeated", collect, [])
    .option("--sort <field>", "by this field; with - before it, the largest first")
    .option("--search <words>", "only decks with these words on one slide")
    .option("--limit <number>", "at most so many", "50")
    .option("--csv", "as CSV")
    .addHelpText(
      "after",
      examples(
        "pilotlight portfolio --sort=-funding_amount",
        `pilotlight portfolio --filter "funding_amount:from:2M EUR" --csv`,
      ),
    )
    .action((options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/portfolio.ts")).showPortfolio(context, options),
      ),
    );
  withFlags(program.command("search <words...>"))
    .description("slides of all decks that have these words, the best first")
    .option("--limit <number>", "at most so many", "20")
    .addHelpText(
      "after",
      examples("pilotlight search atrial fibrillation", `pilotlight search '"phase 2"' --json`),
    )
    .action((words, options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/portfolio.ts")).searchDecks(context, words, options),
      ),
    );
  withFlags(program.command("ask <id> <question...>"))
    .description("ask one deck; the answer quotes its slides, or says that it does not say")
    .addHelpText(
      "after",
      examples(
        `pilotlight ask d_7K2 "How much are they raising?"`,
        `pilotlight ask d_7K2 "Is there clinical evidence?" --json`,
      ),
    )
    .action((id, question, _options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/ask.ts")).askDeck(context, id, question),
      ),
    );
  withFlags(program.command("compare <a> <b>"))
    .description("what has changed from one version of a deck to another")
    .option("--md", "as Markdown, whole")
    .addHelpText(
      "after",
      examples(
        "pilotlight compare d_7K2 d_9QX",
        "pilotlight compare d_7K2 d_9QX --md > changes.md",
      ),
    )
    .action((a, b, options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/compare.ts")).compareDecks(context, a, b, options),
      ),
    );
  addVersionCommands(program, run);
}

/** The document comes first, so a plain `versions ID` lists. */
function addVersionCommands(program: Command, run: Runner): void {
  const versions = withFlags(program.command("versions"))
    .description("files of one deck and their runs: ls, join, split")
    .helpCommand(false)
    .addHelpText(
      "after",
      examples("pilotlight versions d_7K2", "pilotlight versions join d_7K2 d_9QX"),
    );
  withFlags(versions.command("ls <id>", { isDefault: true }))
    .description("all versions of a document's deck; this is what versions ID does")
    .addHelpText(
      "after",
      examples("pilotlight versions d_7K2", "pilotlight versions ls d_7K2 --json"),
    )
    .action((id, _options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/versions.ts")).versionsLs(context, id),
      ),
    );
  withFlags(versions.command("join <id> <other>"))
    .description("say that a document is a version of the deck of another one")
    .addHelpText(
      "after",
      examples(
        "pilotlight versions join d_7K2 d_9QX",
        "pilotlight versions join d_7K2 d_9QX --json",
      ),
    )
    .action((id, other, _options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/versions.ts")).versionsChoose(context, id, other),
      ),
    );
  withFlags(versions.command("split <id>"))
    .description("say that a document is a deck of its own")
    .addHelpText(
      "after",
      examples("pilotlight versions split d_7K2", "pilotlight versions split d_7K2 --json"),
    )
    .action((id, _options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/versions.ts")).versionsChoose(context, id, null),
      ),
    );
}
