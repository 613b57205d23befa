import { join } from "node:path";
import tab, { type Complete, type Command as TabCommand } from "@bomb.sh/tab";
import type { Argument, Command, Option } from "commander";
import { AppError } from "../../errors/app-error.ts";
import { completionIds, type IdKind } from "../completion-ids.ts";
import { ownScripts, powershellWord } from "../completion-scripts.ts";
import { type Context, checkout } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";

const shells = [...Object.keys(ownScripts), "powershell"];

/** The script of a shell; it asks `complete` of this checkout at each Tab, by whatever name that is called. */
export async function completion(context: Context, shell: string): Promise<number> {
  const { output } = context;
  if (!shells.includes(shell)) {
    throw new AppError("USAGE", `no completion for "${shell}"\nShells: ${shells.join(", ")}`);
  }
  const launcher = join(checkout, "pilotlight");
  const own = Object.hasOwn(ownScripts, shell)
    ? ownScripts[shell as keyof typeof ownScripts]
    : null;
  const theirs = (): void => tab.setup("pilotlight", powershellWord(launcher), shell);
  const script = own === null ? printed(theirs) : own(launcher);
  if (output.json) output.object("completion", { shell, script });
  else output.data(script);
  return exitCodes.ok;
}

/**
 * What may stand at the end of `words`: a line each, then how the shell is to take them. Never fails.
 * @param program the whole tree of commands
 */
export async function complete(
  context: Context,
  program: Command,
  words: readonly string[],
): Promise<number> {
  const ids = await completionIds(context, kindsFor(program, words));
  const known = addCommand(tab, program, ids);
  for (const [path, command] of below(program)) {
    addCommand(tab.command(path, command.description()), command, ids);
  }
  const text = printed(() => known.parse([...words]));
  if (context.output.json) context.output.object("complete", { lines: text.split("\n") });
  else context.output.data(text);
  return exitCodes.ok;
}

type Ids = ReadonlyMap<IdKind, readonly string[]>;

/** What an argument's name stands for; others are completed by the shell. */
const kinds: Readonly<Record<string, readonly IdKind[]>> = {
  id: ["documents"],
  ids: ["documents"],
  a: ["documents"],
  b: ["documents"],
  other: ["documents"],
  replica: ["replicas"],
  pool: ["pools"],
  fingerprint: ["failures"],
  thing: ["documents", "replicas", "failures"],
};

const kindsOf = (command: Command, argument: Argument): readonly IdKind[] =>
  command.parent?.name() === "batch" ? ["batches"] : (kinds[argument.name()] ?? []);

/** Only what the command at hand can take is asked for. */
function kindsFor(program: Command, words: readonly string[]): IdKind[] {
  let command = program;
  for (const word of words.slice(0, -1)) {
    command = command.commands.find((one) => one.name() === word) ?? command;
  }
  return command.registeredArguments.flatMap((argument) => [...kindsOf(command, argument)]);
}

function* below(command: Command, path = ""): Generator<[string, Command]> {
  for (const inner of command.createHelp().visibleCommands(command)) {
    const own = path === "" ? inner.name() : `${path} ${inner.name()}`;
    yield [own, inner];
    yield* below(inner, own);
  }
}

function addCommand<T extends TabCommand>(target: T, command: Command, ids: Ids): T {
  for (const option of command.createHelp().visibleOptions(command)) addOption(target, option);
  for (const argument of command.registeredArguments) addArgument(target, command, argument, ids);
  return target;
}

function addOption(target: TabCommand, option: Option): void {
  const name = option.long?.replace(/^--/, "");
  if (name === undefined) return;
  const alias = option.short?.replace(/^-/, "");
  const takesValue = option.required || option.optional;
  if (!takesValue) target.option(name, option.description, alias);
  else target.option(name, option.description, told(option.argChoices ?? []), alias);
}

function addArgument(target: TabCommand, command: Command, argument: Argument, ids: Ids): void {
  const own = kindsOf(command, argument).flatMap((kind) => ids.get(kind) ?? []);
  const values = [...(argument.argChoices ?? []), ...own];
  target.argument(argument.name(), told(values), argument.variadic);
}

const told =
  (values: readonly string[]) =>
  (complete: Complete): void => {
    for (const value of values) complete(value, "");
  };

/** The library speaks to the console; here one place owns stdout. */
function printed(work: () => void): string {
  const lines: string[] = [];
  const { log } = console;
  console.log = (line: unknown) => lines.push(String(line));
  try {
    work();
  } finally {
    console.log = log;
  }
  return lines.join("\n");
}
