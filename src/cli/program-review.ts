import type { Command } from "commander";
import { examples, flagsOf, type Runner, withFlags } from "./program-kit.ts";

const verbs = [
  { verb: "verify", verdict: "verified", what: "say that a value is right" },
  {
    verb: "flag",
    verdict: "flagged",
    what: "say that a value, answer, claim or finding is doubtful",
  },
  { verb: "withdraw", verdict: "withdrawn", what: "take back what was said of a value" },
] as const;

const path = "extractions.deck_date";

/** `review` and what it can do. The document comes first, so a plain `review ID` lists. */
export function addReviewCommands(program: Command, run: Runner): void {
  const review = withFlags(program.command("review"))
    .description("verify, flag or correct what was read, beside the results")
    .helpCommand(false)
    .addHelpText(
      "after",
      examples(
        "pilotlight review ls d_7K2",
        `pilotlight review correct d_7K2 extractions.startup_name "Aurelia Cardio"`,
      ),
    );
  withFlags(review.command("ls <id>", { isDefault: true }))
    .description("the fields of a document with what was said of each; this is what review ID does")
    .option("--all", "answers, claims and findings too, with their paths")
    .option("--history", "all that was ever said, newest first")
    .addHelpText("after", examples("pilotlight review d_7K2", "pilotlight review ls d_7K2 --all"))
    .action((id, options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/review.ts")).reviewLs(context, id, options),
      ),
    );
  for (const { verb, verdict, what } of verbs) {
    withFlags(review.command(`${verb} <id> <path>`))
      .description(what)
      .option("--note <text>", "why, for those who read it")
      .addHelpText(
        "after",
        examples(
          `pilotlight review ${verb} d_7K2 ${path}`,
          `pilotlight review ${verb} d_7K2 ${path} --note "see slide 9"`,
        ),
      )
      .action((id, at, options, command) =>
        run(flagsOf(command), async (context) =>
          (await import("./commands/review.ts")).reviewAdd(context, id, {
            ...{ path: at, verdict, note: options.note },
          }),
        ),
      );
  }
  addCorrecting(review, run);
}

function addCorrecting(review: Command, run: Runner): void {
  withFlags(review.command("correct <id> <path> <to>"))
    .description(
      "say what is right instead: text, or JSON; null when the document does not state it",
    )
    .option("--note <text>", "why, for those who read it")
    .addHelpText(
      "after",
      examples(
        `pilotlight review correct d_7K2 ${path} null`,
        `pilotlight review correct d_7K2 ${path} 2026-10 --note cover`,
      ),
    )
    .action((id, at, value, options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/review.ts")).reviewCorrect(context, id, at, value, options),
      ),
    );
  withFlags(review.command("export"))
    .description("write an evaluation set of the documents whose fields were verified or corrected")
    .requiredOption("--to <folder>", "a new folder, for the PDFs and truth.json")
    .option("--pack <pack>", "only documents that this pack read", "pitch-deck")
    .addHelpText(
      "after",
      examples(
        "pilotlight review export --to my-decks",
        "pilotlight review export --to my-decks --json",
      ),
    )
    .action((options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/review-export.ts")).reviewExport(context, options),
      ),
    );
}
