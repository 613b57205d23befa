import type { Command } from "commander";
import { examples, flagsOf, type Runner, withFlags } from "./program-kit.ts";

/** `cost`, `slo` and `rollout`. */
export function addCostCommands(program: Command, run: Runner): void {
  addCost(program, run);
  addSlo(program, run);
  addRollout(program, run);
}

function addCost(program: Command, run: Runner): void {
  const cost = withFlags(program.command("cost"))
    .description("what containers cost: report, document")
    .helpCommand(false)
    .addHelpText(
      "after",
      examples("pilotlight cost report", 'pilotlight cost report --for "last month" --csv'),
    );
  withFlags(cost.command("report", { isDefault: true }))
    .description("what a time cost, against the old server and the budget")
    .option("--for <time>", 'UTC days, such as today, "last month" or 2026-10', "this month")
    .option("--by <group>", "day, hour, pool, phase, model or document", "pool")
    .option("--baseline <dollars>", "compare with a server of this price a month")
    .option("--csv", "the rows as CSV on stdout")
    .addHelpText(
      "after",
      examples(
        'pilotlight cost report --for "last month" --by document --csv > costs.csv',
        "pilotlight cost report --for 2026-10 --baseline 800",
      ),
    )
    .action((options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/cost-report.ts")).costReport(context, options),
      ),
    );
  withFlags(cost.command("document"))
    .argument("<document>", "id of a document or its pipeline")
    .description(
      "what one document cost: its own work, its share of the rest, and the rule of that",
    )
    .addHelpText(
      "after",
      examples("pilotlight cost document d_6f9a1c", "pilotlight cost document d_6f9a1c --json"),
    )
    .action((document, _options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/cost-document.ts")).documentCost(context, document),
      ),
    );
}

function addSlo(program: Command, run: Runner): void {
  withFlags(program.command("slo"))
    .description("what was kept of each objective, and how fast its budget goes")
    .option("--check", "end with exit code 3 when a budget is spent")
    .addHelpText("after", examples("pilotlight slo", "pilotlight slo --check --json"))
    .action((options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/slo.ts")).slo(context, options),
      ),
    );
}

function addRollout(program: Command, run: Runner): void {
  const rollout = withFlags(program.command("rollout"))
    .description("the move from the old server: status")
    .helpCommand(false)
    .addHelpText(
      "after",
      examples("pilotlight rollout status", "pilotlight rollout status --json"),
    );
  withFlags(rollout.command("status"))
    .description("where the move from the old server stands, and what is not known")
    .addHelpText("after", examples("pilotlight rollout status", "pilotlight rollout status --json"))
    .action((_options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/rollout-status.ts")).rolloutStatus(context),
      ),
    );
}
