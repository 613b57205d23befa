import { type Command, CommanderError } from "commander";
import { AppError } from "../errors/app-error.ts";
import { systemClock } from "../lib/clock.ts";
import type { GlobalFlags } from "./context.ts";
import { exitCodeOf, exitCodes } from "./exit-codes.ts";
import { listenForSignals } from "./interrupt.ts";
import { createOutput, type Output } from "./output.ts";
import { createProgram } from "./program.ts";
import type { Runner } from "./program-kit.ts";

/** The command line: reads the words, runs one command, ends with its exit code. */
async function main(words: readonly string[]): Promise<void> {
  let ending: Ending | null = null;
  const run: Runner = async (flags, start) => {
    const output = outputFor(flags);
    const interrupt = listenForSignals();
    // Whoever asks looks whether somebody sits there.
    if (flags.noInput === true) Object.defineProperty(process.stdin, "isTTY", { value: false });
    dieLoudly(output);
    const context = { output, flags, cwd: process.cwd(), env: process.env, clock: systemClock };
    try {
      ending = { output, code: await start({ ...context, interrupt }) };
    } catch (error) {
      output.fail(error);
      ending = { output, code: exitCodeOf(error) };
    }
  };
  const { output, code } = await parse(createProgram(run), words).then(
    (early) => early ?? ending ?? idle(),
  );
  await output.flush();
  process.exit(code);
}

interface Ending {
  readonly output: Output;
  readonly code: number;
}

/** Answers how it ends when the words themselves decide: help, version, a mistake. */
async function parse(program: Command, words: readonly string[]): Promise<Ending | null> {
  const output = outputFor({
    json: words.includes("--json"),
    quiet: false,
    verbose: false,
    color: !words.includes("--no-color"),
  });
  prepare(program, output);
  if (words.length === 0) {
    output.data(program.helpInformation());
    return { output, code: exitCodes.usage };
  }
  try {
    await program.parseAsync([...words], { from: "user" });
    return null;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { output, code: exitCodes.ok };
    output.fail(usageError(error, program, words));
    return { output, code: exitCodes.usage };
  }
}

/** Commander throws instead of exiting, and its words go through our output. */
function prepare(command: Command, output: Output): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => output.data(text),
    writeErr: () => undefined,
    getOutHasColors: () => false,
  });
  for (const inner of command.commands) prepare(inner, output);
}

/** `error: unknown command 'rnu'\n(Did you mean run?)` as our own error. */
function usageError(error: CommanderError, program: Command, words: readonly string[]): AppError {
  // A group of commands that is named alone.
  const isBare = error.code === "commander.help";
  const message = isBare ? "a command is missing" : error.message.replace(/^error: /, "");
  const name = words.find((word) => program.commands.some((inner) => inner.name() === word));
  const help = ["pilotlight", ...(name === undefined ? [] : [name]), "--help"].join(" ");
  return new AppError("USAGE", `${message}\nSee: ${help}`);
}

const idle = (): Ending => ({
  output: outputFor({ json: false, quiet: false, verbose: false, color: true }),
  code: exitCodes.ok,
});

function outputFor(
  flags: Pick<GlobalFlags, "json" | "quiet" | "verbose" | "color" | "fields">,
): Output {
  const { stdout, stderr, env } = process;
  return createOutput({ stdout, stderr, env, ...flags });
}

/** A fault nobody caught: said once, then the end. What we started notices that by itself. */
function dieLoudly(output: Output): void {
  const die = (error: unknown): void => {
    output.fail(error);
    process.exit(exitCodes.unexpected);
  };
  process.on("uncaughtException", die);
  process.on("unhandledRejection", die);
}

await main(process.argv.slice(2));
