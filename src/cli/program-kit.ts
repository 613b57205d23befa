import { type Command, Option } from "commander";
import type { Context, GlobalFlags } from "./context.ts";
import { everywhere } from "./help-groups.ts";
import { type ProgressMode, progressModes } from "./progress/progress.ts";

/** Runs one command with the flags it was given; `start` answers its exit code. */
export type Runner = (
  flags: GlobalFlags,
  start: (context: Context) => Promise<number>,
) => Promise<void>;

/** The end of a command's help. */
export const examples = (...lines: string[]): string =>
  `\nExamples:\n${lines.map((line) => `  ${line}`).join("\n")}`;

/** Flags of every command; they count before and after its name. */
export function withFlags(command: Command): Command {
  return command
    .optionsGroup(everywhere)
    .option("--json", "print one JSON object on stdout")
    .option("-q, --quiet", "say nothing on stderr but errors")
    .option("-v, --verbose", "say more, and show where an error came from")
    .option("--no-color", "no colours")
    .option("--url <url>", "use the Pilotlight at this address")
    .option("--token-file <file>", "file that holds the API key")
    .option("--profile <name>", "use a server that `auth login` knows by this name")
    .option("--fields <names>", "with --json: only these fields, such as groups.state")
    .option("--events-file <file>", "append progress to it, a JSON object a line")
    .option("--no-input", "ask nobody anything")
    .addOption(
      new Option("--progress <mode>", "how progress is shown")
        .choices(progressModes)
        .default(undefined, "auto"),
    )
    .option("--utc", "show times in UTC")
    .optionsGroup("Options:");
}

interface Given {
  readonly json?: true;
  readonly quiet?: true;
  readonly verbose?: true;
  readonly color: boolean;
  readonly url?: string;
  readonly tokenFile?: string;
  readonly progress?: ProgressMode;
  readonly utc?: true;
  readonly profile?: string;
  readonly fields?: string;
  readonly eventsFile?: string;
  readonly input: boolean;
}

/** What is said after a command's name wins over what is said before it. */
export function flagsOf(command: Command): GlobalFlags {
  const all: Given[] = [];
  for (let one: Command | null = command; one !== null; one = one.parent) all.unshift(one.opts());
  const given: Partial<Given> = Object.assign({}, ...all.map(defined));
  const { json, quiet, verbose, url, tokenFile, progress, utc, profile, eventsFile } = given;
  return {
    json: json === true,
    quiet: quiet === true,
    verbose: verbose === true,
    color: all.every((one) => one.color),
    noInput: all.some((one) => one.input === false),
    fields: given.fields?.split(",").map((name) => name.trim()),
    profile,
    eventsFile,
    url,
    tokenFile,
    progress: progress ?? "auto",
    utc: utc === true,
  };
}

const defined = (options: Given): Partial<Given> =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
