import { readFileSync } from "node:fs";
import { Command, Option } from "commander";
import { groupCommands, shapeHelp } from "./help-groups.ts";
import { addCacheCommands } from "./program-cache.ts";
import { addCostCommands } from "./program-cost.ts";
import { addEvalCommand } from "./program-eval.ts";
import { addFailureCommands } from "./program-failures.ts";
import { addFleetCommands } from "./program-fleet.ts";
import { examples, flagsOf, type Runner, withFlags } from "./program-kit.ts";
import { addListCommands } from "./program-list.ts";
import { addPackCommands } from "./program-pack.ts";
import { addPortfolioCommands } from "./program-portfolio.ts";
import { addReviewCommands } from "./program-review.ts";
import { addStudyCommands } from "./program-study.ts";
import { addSupportCommands } from "./program-support.ts";

/**
 * The tree of commands. Nothing of a command is loaded before it is run, so that `--help` answers at
 * once.
 */
export function createProgram(run: Runner): Command {
  const program = shapeHelp(withFlags(new Command("pilotlight")))
    .description(
      "Runs pitch decks through a pipeline of GPU containers that exist only while there is work.",
    )
    .version(packageVersion(), "-V, --version", "print the version")
    .helpCommand(false)
    .addHelpText("after", examples("npm start", "pilotlight run deck.pdf"))
    .addHelpText("after", exitCodeHelp);
  addStackCommands(program, run);
  addDocumentCommands(program, run);
  addListCommands(program, run);
  addBatchCommands(program, run);
  addFleetCommands(program, run);
  addFailureCommands(program, run);
  addCostCommands(program, run);
  addStudyCommands(program, run);
  addEvalCommand(program, run);
  addPackCommands(program, run);
  addReviewCommands(program, run);
  addPortfolioCommands(program, run);
  addCacheCommands(program, run);
  addCareCommands(program, run);
  addSupportCommands(program, run);
  groupCommands(program);
  return program;
}

const exitCodeHelp = `
Exit codes: 0 done, 1 unexpected, 2 usage or configuration, 3 a document failed or
was refused, 4 not allowed, 5 not found, 6 no server, 7 waited past --timeout,
8 done with gaps, 9 refused in this state, 130 Ctrl-C, 143 SIGTERM.`;

function addStackCommands(program: Command, run: Runner): void {
  withFlags(program.command("up"))
    .description("start Pilotlight here and stay until Ctrl-C")
    .option("--sample", "at the first start, run the sample deck and show what comes out")
    .addHelpText("after", examples("pilotlight up", "PILOTLIGHT_PORT=8080 pilotlight up --sample"))
    .action((options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/up.ts")).up(context, options),
      ),
    );
  withFlags(program.command("run <files...>"))
    .description(
      "run PDFs or presentations to the end and print what came out; starts what it needs",
    )
    .option("--pack <pack>", "the pack to run, such as scientific-paper or pitch-deck@2")
    .option("--password <password>", "opens locked PDFs; a copy without it is stored")
    .option("--timeout <duration>", "stop waiting after this long, such as 10m")
    .addHelpText(
      "after",
      examples("pilotlight run deck.pdf", "pilotlight run decks/*.pdf --json > report.json"),
    )
    .action((files, options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/run.ts")).run(context, files, options),
      ),
    );
  withFlags(program.command("worker"))
    .description("run one container alone, with its own API")
    .requiredOption("--pool <pool>", "vision, text, shared or dedicated")
    .option("--port <port>", "port to listen on; any free one unless given")
    .addHelpText(
      "after",
      examples("pilotlight worker --pool vision", "pilotlight worker --pool text --port 5002"),
    )
    .action((options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/worker.ts")).worker(context, options),
      ),
    );
}

function addDocumentCommands(program: Command, run: Runner): void {
  withFlags(program.command("submit <files...>"))
    .description("send PDFs or presentations to a running Pilotlight")
    .option("--pack <pack>", "the pack to run, such as scientific-paper or pitch-deck@2")
    .option("--wait", "stay until they have ended")
    .option("--dry-run", "only say what they would take; nothing is sent")
    .option("--password <password>", "opens locked PDFs; a copy without it is stored")
    .option("--timeout <duration>", "with --wait: stop waiting after this long, such as 10m")
    .option("--idempotency-key <key>", "makes sending one file again harmless")
    .addHelpText(
      "after",
      examples("pilotlight submit deck.pdf --dry-run", "pilotlight submit decks/*.pdf --wait"),
    )
    .action((files, options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/submit.ts")).submit(context, files, options),
      ),
    );
  withFlags(program.command("watch <ids...>"))
    .description("follow documents to their end; Ctrl-C detaches")
    .option("--timeout <duration>", "stop waiting after this long, such as 10m")
    .addHelpText("after", examples("pilotlight watch d_7K2", "pilotlight watch d_7K2 d_9QX -q"))
    .action((ids, options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/watch.ts")).watch(context, ids, options),
      ),
    );
  withFlags(program.command("status <id>"))
    .description("where a document stands")
    .addHelpText("after", examples("pilotlight status d_7K2", "pilotlight status p_4MD --json"))
    .action((id, _options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/status.ts")).status(context, id),
      ),
    );
  withFlags(program.command("results <id>"))
    .description("what came out of a document so far")
    .option("--task <task>", "only of this task, such as slide_feedback")
    .option("--slide <number>", "only of this slide")
    .option("--generation <number>", "as it stood in this generation, before a rerun")
    .option("--format <format>", "md to read, html to print, csv for a table, json for programs")
    .option("-o, --output <file>", "write to this file instead")
    .addHelpText(
      "after",
      examples(
        "pilotlight results d_7K2 -o report.md",
        "pilotlight results d_7K2 --format csv -o d_7K2.csv",
      ),
    )
    .action((id, options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/results.ts")).results(context, id, options),
      ),
    );
}

function addBatchCommands(program: Command, run: Runner): void {
  const batch = withFlags(program.command("batch"))
    .description("many documents as one: submit, ls, status, cancel, retry")
    .helpCommand(false)
    .addHelpText("after", examples("pilotlight batch submit decks/*.pdf", "pilotlight batch ls"));
  withFlags(batch.command("submit <files...>"))
    .description("send up to 1,000 PDFs, or the documents a manifest.jsonl names, as one batch")
    .option("--name <name>", "what to call it")
    .option("--key <key>", "makes sending it again harmless")
    .option("--pack <pack>", "the pack to run, such as pitch-deck")
    .option("--priority <number>", "0 to 9; 9 comes first, 5 unless given")
    .option("--wait", "stay until all have ended")
    .option("--timeout <duration>", "with --wait: stop waiting after this long, such as 10m")
    .addHelpText(
      "after",
      examples(
        "pilotlight batch submit decks/*.pdf --wait",
        "pilotlight batch submit october.jsonl --key october --priority 3",
      ),
    )
    .action((files, options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/batch-submit.ts")).batchSubmit(context, files, options),
      ),
    );
  withFlags(batch.command("ls"))
    .description("batches, newest first")
    .option("--limit <number>", "at most so many", "50")
    .addHelpText("after", examples("pilotlight batch ls", "pilotlight batch ls --limit 5 --json"))
    .action((options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/batch.ts")).batchLs(context, options),
      ),
    );
  withFlags(batch.command("status <id>"))
    .description("where a batch stands, and what failed first")
    .option("--wait", "stay until all have ended; Ctrl-C detaches")
    .option("--timeout <duration>", "with --wait: stop waiting after this long, such as 10m")
    .addHelpText(
      "after",
      examples("pilotlight batch status b_7K2", "pilotlight batch status b_7K2 --wait --json"),
    )
    .action((id, options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/batch.ts")).batchStatus(context, id, options),
      ),
    );
  withFlags(batch.command("cancel <id>"))
    .description("cancel what is open in a batch; what is finished is kept")
    .addHelpText(
      "after",
      examples("pilotlight batch cancel b_7K2", "pilotlight batch cancel b_7K2 -q"),
    )
    .action((id, _options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/batch.ts")).batchCancel(context, id),
      ),
    );
  withFlags(batch.command("retry <id>"))
    .description("try again what failed or was cancelled in a batch")
    .addHelpText(
      "after",
      examples("pilotlight batch retry b_7K2", "pilotlight batch retry b_7K2 --json"),
    )
    .action((id, _options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/batch.ts")).batchRetry(context, id),
      ),
    );
}

function addCareCommands(program: Command, run: Runner): void {
  addReopening(program.command("retry <id>"), run, "retry", [
    "try again what failed, or as much of it as a task or layer names",
    "pilotlight retry d_7K2",
    "pilotlight retry d_7K2 --layer 3 --dry-run",
  ]);
  addReopening(program.command("rerun <id>"), run, "rerun", [
    "do finished work again, as a new generation",
    "pilotlight rerun d_7K2 --dry-run",
    "pilotlight rerun d_7K2 --task visual_analysis",
  ]);
  withFlags(program.command("cancel <id>"))
    .description("cancel a document; what is finished is kept")
    .addHelpText("after", examples("pilotlight cancel d_7K2", "pilotlight cancel p_4MD --json"))
    .action((id, _options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/cancel.ts")).cancel(context, id),
      ),
    );
  withFlags(program.command("rm <ids...>"))
    .description("delete documents with their files, results and reviews; asks first")
    .option("--yes", "without asking")
    .addHelpText("after", examples("pilotlight rm d_7K2", "pilotlight rm d_7K2 d_9QX --yes"))
    .action((ids, options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/rm.ts")).rm(context, ids, options),
      ),
    );
  withFlags(program.command("doctor"))
    .description("check what a start needs, with a fix for what is wrong")
    .addHelpText("after", examples("pilotlight doctor", "pilotlight doctor --json"))
    .action((_options, command) =>
      run(flagsOf(command), async (context) =>
        (await import("./commands/doctor.ts")).doctor(context),
      ),
    );
}

function addReopening(
  command: Command,
  run: Runner,
  kind: "retry" | "rerun",
  [description, ...lines]: readonly [string, ...string[]],
): void {
  withFlags(command)
    .description(description)
    .option("--task <task>", "only this task, and what stands on it")
    .option("--layer <number>", "only the tasks of this layer, and what stands on them")
    .addOption(new Option("--from <task|layer>", "either of the two").hideHelp())
    .option("--slides <numbers>", "read these slides again and keep the others, such as 7,9")
    .option("--dry-run", "only say what would be done, how long it takes and what it costs");
  if (kind === "retry") {
    command.option("--skip-failed", "finish without the slides that failed; they stay gaps");
  }
  command
    .addHelpText("after", examples(...lines))
    .action((id, options, own) =>
      run(flagsOf(own), async (context) =>
        (await import("./commands/reopen.ts")).reopen(context, kind, id, options),
      ),
    );
}

function packageVersion(): string {
  const file = new URL("../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
