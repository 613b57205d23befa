import type { Command } from "commander";
import { examples, flagsOf, type Runner, withFlags } from "./program-kit.ts";

/** `simulate`, `plan` and `tune`. */
export function addStudyCommands(program: Command, run: Runner): void {
  addSimulate(program, run);
  addPlan(program, run);
  addTune(program, run);
}

function addSimulate(program: Command, run: Runner): void {
  withFlags(program.command("simulate"))
    .description("play recorded traffic under several scaling policies and compare them")
    .option("--trace <file>", "arrivals: a file, or poisson:10/h,30d")
    .option(
      "--policy <names>",
      "separated by commas, each with its options",
      "reference,just-in-time",
    )
    .option("--policies", "only list the policies with their options")
    .option("--prices <book>", "price book: prd or verda", "prd")
    .option("--gpu <type>", "GPU that the price book is asked for")
    .option("--spot", "at the price of spot machines")
    .option("--topology <topology>", "split or shared; as configured unless given")
    .option("--cold-starts <model>", "prd or recorded", "prd")
    .option("--seeds <number>", "how often, each time with other chance", "3")
    .option("--service-times <file>", "how long work takes, as JSON; pinned ones unless given")
    .option("--seed <number>", "the first of them", "1")
    .option("--learned", "work, starts, bounds and prices as the running installation knows them")
    .option("--slides <number>", "median of a document's slides")
    .option("--keep-warm <durations>", "idle time before a stop, as in vision=300s,text=600s")
    .option("--max-replicas <numbers>", "at most so many, as in vision=2,text=3")
    .option("--cold-start <durations>", "median of a start, as in vision=105s,text=150s")
    .option("--usd-per-hour <prices>", "price of a replica, as in vision=0.5,text=0.8")
    .option("--html <file>", "write a report with curves and timelines")
    .addHelpText(
      "after",
      examples(
        "pilotlight simulate --trace arrivals.csv --html report.html",
        "pilotlight simulate --trace poisson:1/h,30d --policy keda --keep-warm 60s",
      ),
    )
    .action((options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/simulate.ts")).simulate(context, options),
      ),
    );
}

function addPlan(program: Command, run: Runner): void {
  withFlags(program.command("plan"))
    .description("find the cheapest way to be done in time at given traffic")
    .option("--trace <file>", "arrivals: a file, or poisson:10/h,30d")
    .option("--per-hour <number>", "documents an hour; a trace is played so much faster or slower")
    .option("--within <duration>", "how long a document may take", "15m")
    .option("--share <share>", "for this share of documents", "0.95")
    .option("--prices <book>", "price book of the recommendation: prd or verda", "prd")
    .option("--cold-starts <model>", "prd or recorded", "prd")
    .option("--service-times <file>", "how long work takes, as JSON; pinned ones unless given")
    .option("--speed <gpus>", "more GPUs and their speed against the L40S, as in H100=2.2")
    .option("--spot-lost-per-hour <number>", "how often a spot machine is taken away", "0.1")
    .option("--seeds <number>", "simulations of the last few candidates", "3")
    .option("--documents <number>", "at most so many, the newest", "1000")
    .addHelpText(
      "after",
      examples(
        "pilotlight plan --trace arrivals.csv --prices verda",
        "pilotlight plan --per-hour 10 --within 10m --share 0.9",
      ),
    )
    .action((options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/plan.ts")).plan(context, options),
      ),
    );
}

function addTune(program: Command, run: Runner): void {
  withFlags(program.command("tune"))
    .description("replay the recorded history under other settings and propose better ones")
    .option("--since <duration>", "how far back, such as 30d", "30d")
    .option("--apply", "let the proposal in as a new version of the policy; asks first")
    .option("--yes", "do not ask")
    .option("--history", "list the versions that were let in, and the last nightly proposal")
    .option("--revert <version>", "bring an older version back; 0: what the configuration says")
    .option("--limit <number>", "with --history: at most so many", "20")
    .addHelpText("after", examples("pilotlight tune --since 14d", "pilotlight tune --revert 2"))
    .action((options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/tune.ts")).tune(context, options),
      ),
    );
}
