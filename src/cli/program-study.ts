import type { Command } from "commander";
import { examples, flagsOf, type Runner, withFlags } from "./program-kit.ts";

/** `simulate`. */
export function addStudyCommands(program: Command, run: Runner): void {
  addSimulate(program, run);
}

function addSimulate(program: Command, run: Runner): void {
  withFlags(program.command("simulate"))
    .description("play recorded traffic under several scaling policies and compare them")
    .requiredOption("--trace <file>", "arrivals: a file, or poisson:10/h,30d")
    .option(
      "--policy <names>",
      "separated by commas, each with its options",
      "reference,just-in-time",
    )
    .option("--prices <book>", "price book: prd or verda", "prd")
    .option("--gpu <type>", "GPU that the price book is asked for")
    .option("--spot", "at the price of spot machines")
    .option("--topology <topology>", "split or shared; as configured unless given")
    .option("--cold-starts <model>", "prd or recorded", "prd")
    .option("--seeds <number>", "how often, each time with other chance", "3")
    .option("--service-times <file>", "how long work takes, as JSON; pinned ones unless given")
    .option("--html <file>", "write a report with curves and timelines")
    .addHelpText(
      "after",
      examples(
        "pilotlight simulate --trace arrivals.csv --html report.html",
        "pilotlight simulate --trace poisson:10/h --policy keda:cooldown=900s,ray-serve",
      ),
    )
    .action((options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/simulate.ts")).simulate(context, options),
      ),
    );
}
