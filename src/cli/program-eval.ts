import type { Command } from "commander";
import { examples, flagsOf, type Runner, withFlags } from "./program-kit.ts";

/** `eval`. */
export function addEvalCommand(program: Command, run: Runner): void {
  withFlags(program.command("eval"))
    .description("read decks whose truth is known and measure how well that went")
    .requiredOption("--decks <folder>", "PDFs with a truth.json beside them")
    .option("--engine <names>", "extractive, ollama or openai; several by commas", "extractive")
    .option(
      "--model <names>",
      "models of a model engine, or vision+text (vision may be extractive); the pack's unless given",
    )
    .option("--pack <packs>", "built-in packs or folders, by commas", "pitch-deck")
    .option("--jobs <number>", "decks at once", "2")
    .option("--only <names>", "only decks with one of these words in their file name")
    .option("--gpu <type>", "machine that a deck's cost is told for, as L40S")
    .option("--prices <book>", "price book: prd or verda", "verda")
    .option("--spot", "at the price of spot machines")
    .option(
      "--goal <goals>",
      "such as ask=0.8,invented=0, or a file of them; the usual ones unless given",
    )
    .option("--against <file>", "runs kept by --save: end with 3 when something got worse")
    .option("--tolerance <decks>", "with --against: decks of a field that may get worse", "0")
    .option("--save <file>", "keep the runs as JSON")
    .option(
      "--quotes <file>",
      "write every quote of the first run as JSON, for a check from outside",
    )
    .option(
      "--calibrate <file>",
      "fit confidences to these decks and write a pack's calibration.yaml",
    )
    .option("--html <file>", "write a report")
    .addHelpText(
      "after",
      examples(
        "pilotlight eval --decks decks",
        "pilotlight eval --decks decks --engine extractive,ollama --html report.html",
      ),
    )
    .action((options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/eval.ts")).evaluate(context, options),
      ),
    );
}
