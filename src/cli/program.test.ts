import type { Command } from "commander";
import { expect, it } from "vitest";
import type { GlobalFlags } from "./context.ts";
import { createProgram } from "./program.ts";

/** A command with those it is made of, however deep. */
const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)];

async function flagsOf(...words: string[]): Promise<GlobalFlags | undefined> {
  let seen: GlobalFlags | undefined;
  const program = createProgram(async (flags) => {
    seen = flags;
  });
  const silent = { writeOut: () => {}, writeErr: () => {} };
  for (const command of all(program)) {
    command.exitOverride().configureOutput(silent);
  }
  await program.parseAsync(words, { from: "user" });
  return seen;
}

/** In the order of their help, one a line: a new command is a new line. */
const names = `
up
run
worker
submit
watch
status
results
ls
batch
fleet
logs
verify
failures
why
cost
slo
rollout
simulate
plan
tune
eval
pack
review
portfolio
search
ask
compare
versions
cache
retry
rerun
cancel
rm
doctor
open
config
auth
completion
complete
api
db
version
`
  .trim()
  .split("\n");

it("has the commands people are told of, each with two examples", () => {
  const program = createProgram(async () => {});
  expect(program.commands.map((command) => command.name())).toEqual(names);
  for (const command of all(program)) {
    let help = "";
    command.configureOutput({
      writeOut: (text) => {
        help += text;
      },
    });
    command.outputHelp();
    const [, examples = ""] = help.split("\nExamples:\n");
    expect(examples.match(/^ {2}\S.*$/gm)?.length, command.name()).toBe(2);
    for (const line of help.split("\n")) expect(line.length).toBeLessThanOrEqual(82);
  }
});

it("shows commands under headings, what is every command's in the first help only", () => {
  const program = createProgram(async () => {});
  const help = program.helpInformation();
  expect(help.match(/^\S.*:$/gm)).toEqual([
    ...["Options:", "Options of every command:", "Read decks:", "Look across decks:", "Operate:"],
    ...["Costs and promises:", "How decks are read:", "This program:"],
  ]);
  const own = program.commands.find((one) => one.name() === "retry")?.helpInformation() ?? "";
  expect(own).toContain("--dry-run");
  expect(own).not.toContain("--events-file");
});

it("hears a flag before and after the command's name", async () => {
  const plain = { json: false, quiet: false, verbose: false, color: true, progress: "auto" };
  expect(await flagsOf("ls")).toMatchObject({ ...plain, url: undefined, utc: false });
  const after = await flagsOf(
    "ls",
    "--json",
    "-q",
    "-v",
    "--no-color",
    "--utc",
    "--url",
    "http://a",
  );
  const before = await flagsOf(
    "--json",
    "-q",
    "-v",
    "--no-color",
    "--utc",
    "--url",
    "http://a",
    "ls",
  );
  expect(after).toEqual(before);
  expect(after).toMatchObject({ json: true, quiet: true, verbose: true, color: false, utc: true });
  const within = await flagsOf("--utc", "batch", "--url", "http://a", "ls", "--json");
  expect(within).toMatchObject({ json: true, utc: true, url: "http://a", color: true });
  expect(await flagsOf("batch", "--no-color", "ls")).toMatchObject({ color: false });
  const both = await flagsOf("--url", "http://a", "--progress", "json", "ls", "--url", "http://b");
  expect(both).toMatchObject({ url: "http://b", progress: "json" });
});

it.each<[string[], RegExp]>([
  [["rnu"], /unknown command 'rnu'\n\(Did you mean run\?\)/],
  [["run"], /missing required argument 'files'/],
  [["worker"], /required option '--pool <pool>' not specified/],
  [["ls", "--progress", "loud"], /Allowed choices are auto, tty, plain, json, quiet/],
  [["batch", "sbmit"], /unknown command 'sbmit'\n\(Did you mean submit\?\)/],
  [["batch", "status"], /missing required argument 'id'/],
  [["fleet", "strt"], /unknown command 'strt'\n\(Did you mean start\?\)/],
  [["fleet", "start"], /missing required argument 'pool'/],
  [["status", "d_1", "d_2"], /too many arguments/],
  [["run", "a.pdf", "--timout", "1m"], /Did you mean --timeout/],
])("refuses %j and says why", async (words, message) => {
  await expect(flagsOf(...words)).rejects.toThrow(message);
});
