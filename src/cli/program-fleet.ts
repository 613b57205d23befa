import type { Command } from "commander";
import { examples, flagsOf, type Runner, withFlags } from "./program-kit.ts";

/** `fleet` with what is under it, `logs` and `verify`. */
export function addFleetCommands(program: Command, run: Runner): void {
  const fleet = withFlags(program.command("fleet"))
    .description(
      "pools and replicas: ls, decisions, accuracy, runs, join, start, pause, resume, drain, stop",
    )
    .helpCommand(false)
    .addHelpText("after", examples("pilotlight fleet ls", "pilotlight fleet start vision"));
  addLooks(fleet, run);
  addAccuracy(fleet, run);
  addRuns(fleet, run);
  addJoin(fleet, run);
  addStart(fleet, run);
  addOrders(fleet, run);
  addStop(fleet, run);
  addLogs(program, run);
  addVerify(program, run);
}

function addLooks(fleet: Command, run: Runner): void {
  withFlags(fleet.command("ls"))
    .description("pools, replicas with machine and cost, and providers that do not answer")
    .option("-a, --all", "also replicas that have ended, and all providers")
    .addHelpText("after", examples("pilotlight fleet ls", "pilotlight fleet ls --all --json"))
    .action((options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/fleet-ls.ts")).fleetLs(context, options),
      ),
    );
  withFlags(fleet.command("decisions"))
    .description("what was decided about replicas, newest first")
    .option("--pool <pool>", "only about this pool")
    .option("--replica <replica>", "only about this replica, such as vision-1")
    .option("--limit <number>", "at most so many", "20")
    .option("--why <id>", "one decision with all it was made from")
    .addHelpText(
      "after",
      examples(
        "pilotlight fleet decisions --pool vision --limit 5",
        "pilotlight fleet decisions --why 412",
      ),
    )
    .action((options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/fleet-decisions.ts")).fleetDecisions(context, options),
      ),
    );
}

function addAccuracy(fleet: Command, run: Runner): void {
  withFlags(fleet.command("accuracy"))
    .description("how well starts were foreseen: predictive scaling accuracy, waits and waste")
    .option("--since <duration>", "how far back, such as 24h; at most 31d", "7d")
    .addHelpText(
      "after",
      examples("pilotlight fleet accuracy", "pilotlight fleet accuracy --since 24h --json"),
    )
    .action((options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/fleet-accuracy.ts")).fleetAccuracy(context, options),
      ),
    );
}

function addRuns(fleet: Command, run: Runner): void {
  withFlags(fleet.command("runs"))
    .description("lives of replicas, newest first: start, paid time and cost")
    .option("--pool <pool>", "only of this pool")
    .option("--limit <number>", "at most so many", "20")
    .addHelpText(
      "after",
      examples("pilotlight fleet runs", "pilotlight fleet runs --pool text --json"),
    )
    .action((options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/fleet-runs.ts")).fleetRuns(context, options),
      ),
    );
}

function addJoin(fleet: Command, run: Runner): void {
  withFlags(fleet.command("join"))
    .description("print what a container on a machine of your own is started with")
    .requiredOption("--pool <pool>", "the pool it joins, such as vision")
    .addHelpText(
      "after",
      examples(
        "pilotlight fleet join --pool vision",
        "pilotlight fleet join --pool text > text.env",
      ),
    )
    .action((options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/fleet-join.ts")).fleetJoin(context, options),
      ),
    );
}

function addStart(fleet: Command, run: Runner): void {
  withFlags(fleet.command("start <pool>"))
    .description("one more replica than the policy wants, within the ceiling")
    .option("--for <duration>", "how long it is kept, such as 2h; 30m unless given")
    .option("--keep", "keep it until the pool is resumed")
    .option("--reason <text>", "why, for those who read the decisions")
    .addHelpText(
      "after",
      examples(
        "pilotlight fleet start vision --for 2h",
        'pilotlight fleet start text --keep --reason "demo today"',
      ),
    )
    .action((pool, options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/fleet-start.ts")).fleetStart(context, pool, options),
      ),
    );
}

type OrderWords = readonly [name: "pause" | "resume" | "drain", of: string, description: string];

function addOrders(fleet: Command, run: Runner): void {
  const orders: readonly OrderWords[] = [
    ["pause", "pool", "start no more replicas of a pool; what runs goes on"],
    ["resume", "pool", "let a pool start replicas again; ends what start --keep asked for"],
    ["drain", "replica", "let a replica finish what it holds, take nothing new, then end"],
  ];
  for (const [name, of, description] of orders) {
    const example = `pilotlight fleet ${name} ${of === "pool" ? "vision" : "vision-1"}`;
    withFlags(fleet.command(`${name} <${of}>`))
      .description(description)
      .option("--reason <text>", "why, for those who read the decisions")
      .addHelpText("after", examples(example, `${example} --reason "new driver"`))
      .action((target, options, command) =>
        run(flagsOf(command), async (context) =>
          (await import("./commands/fleet-order.ts")).fleetOrder(context, name, target, options),
        ),
      );
  }
}

function addStop(fleet: Command, run: Runner): void {
  withFlags(fleet.command("stop <replica>"))
    .description("stop a replica now; what it works on goes back and is done elsewhere")
    .option("-y, --yes", "do not ask first; needed where there is no terminal")
    .option("--reason <text>", "why, for those who read the decisions")
    .addHelpText(
      "after",
      examples("pilotlight fleet stop vision-1", "pilotlight fleet stop vision-1 --yes --json"),
    )
    .action((replica, options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/fleet-stop.ts")).fleetStop(context, replica, options),
      ),
    );
}

function addLogs(program: Command, run: Runner): void {
  withFlags(program.command("logs <thing>"))
    .description("the last lines of a replica's container, or those about a document")
    .option("--tail <number>", "at most so many lines", "200")
    .option("-f, --follow", "stay and print new lines; Ctrl-C ends it")
    .option("--since <duration>", "only of the last so long, such as 10m")
    .option("--search <words>", "only lines that hold these words")
    .option("--stage <task>", "of a document: only while this task was worked on")
    .addHelpText(
      "after",
      examples(
        "pilotlight logs vision-1 --tail 50",
        "pilotlight logs d_7K2 --stage visual_analysis --follow",
      ),
    )
    .action((thing, options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/logs.ts")).logs(context, thing, options),
      ),
    );
}

function addVerify(program: Command, run: Runner): void {
  withFlags(program.command("verify <kind>"))
    .description("rent one machine for a short time and settle how a provider behaves")
    .requiredOption("--spend-at-most <usd>", "nothing is started that may cost more in all")
    .option("--provider <name>", "which one, where several are configured")
    .option("--gpu <type>", "on this GPU; the cheapest that is allowed unless given")
    .option("--spot", "on a machine that may be taken back")
    .option("--on-demand", "on one that may not; so unless given")
    .option("--keep-facts-only", "do not let the start count as a first sample of its machine")
    .option("-y, --yes", "do not ask first; needed where there is no terminal")
    .addHelpText(
      "after",
      examples(
        "pilotlight verify verda --spend-at-most 2.00",
        "pilotlight verify verda --spend-at-most 1 --gpu L40S --spot --yes --json",
      ),
    )
    .action((kind, options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/verify.ts")).verify(context, kind, options),
      ),
    );
}
