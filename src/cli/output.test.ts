import { PassThrough, Writable } from "node:stream";
import { expect, it } from "vitest";
import { AppError } from "../errors/app-error.ts";
import { Interrupted, ReaderGone } from "./interrupt.ts";
import { createOutput } from "./output.ts";

type Stream = NodeJS.WriteStream;

function streams(isTty = false) {
  const make = (): { stream: Stream; text: () => string } => {
    let text = "";
    const stream = new PassThrough().on("data", (chunk) => {
      text += String(chunk);
    });
    return {
      stream: Object.assign(stream, { isTTY: isTty }) as unknown as Stream,
      text: () => text,
    };
  };
  return { out: make(), err: make() };
}

function outputOf(
  { out, err }: ReturnType<typeof streams>,
  flags: { json?: boolean; quiet?: boolean; verbose?: boolean; color?: boolean } = {},
  env: Record<string, string> = { LANG: "C.UTF-8" },
) {
  const defaults = { json: false, quiet: false, verbose: false, color: true };
  return createOutput({ stdout: out.stream, stderr: err.stream, env, ...defaults, ...flags });
}

it("tells an error on stderr: what failed, why, what to do", () => {
  const both = streams();
  outputOf(both).fail(new AppError("PDF_ENCRYPTED", "deck.pdf"));
  expect(both.err.text()).toBe(
    "error: The PDF needs a password. [PDF_ENCRYPTED]\n  deck.pdf\n  try: Give it: `--password`, or the form field `password` before the file.\n",
  );
  expect(both.out.text()).toBe("");
});

it("with --json an error is one object on stdout too, and its type says so", () => {
  const both = streams();
  outputOf(both, { json: true }).fail(new AppError("NOT_A_PDF", "deck.pdf"));
  const object = JSON.parse(both.out.text());
  expect(object).toMatchObject({ v: 1, type: "error", code: "NOT_A_PDF", detail: "deck.pdf" });
  expect(object).toMatchObject({ status: 422, retryable: false });
});

it("complains on stderr alone, where the object has told the error", () => {
  const both = streams();
  outputOf(both, { json: true }).complain(new AppError("NOT_A_PDF"));
  expect(both.err.text()).toContain("[NOT_A_PDF]");
  expect(both.out.text()).toBe("");
});

it("tells a wrong command by what is wrong with it", () => {
  const both = streams();
  outputOf(both).fail(new AppError("USAGE", "unknown command 'rnu'\nSee: pilotlight --help"));
  expect(both.err.text()).toBe("error: unknown command 'rnu'\n  See: pilotlight --help\n");
});

it("shows a stack only when asked for, and nothing for a signal", () => {
  const [plain, verbose, signal] = [streams(), streams(), streams()];
  const error = new Error("broken");
  outputOf(plain).fail(error);
  outputOf(verbose, { verbose: true }).fail(error);
  outputOf(signal, { json: true }).fail(new Interrupted("SIGINT"));
  expect(plain.err.text()).toBe("error: broken\n");
  expect(verbose.err.text()).toContain("output.test.ts");
  expect(signal.err.text() + signal.out.text()).toBe("");
});

it("is silent on stderr when quiet, except for errors", () => {
  const both = streams();
  const output = outputOf(both, { quiet: true });
  output.say("hello");
  expect(both.err.text()).toBe("");
  output.fail(new Error("broken"));
  expect(both.err.text()).toBe("error: broken\n");
});

it("speaks above lines that are redrawn in place", () => {
  const both = streams();
  const output = outputOf(both);
  output.setLive({ clear: () => output.raw("<clear>"), draw: () => output.raw("<draw>") });
  output.say("one");
  output.setLive(null);
  output.say("two");
  expect(both.err.text()).toBe("<clear>one\n<draw>two\n");
});

it("goes on quietly when the reader has gone", async () => {
  const gone = new Writable({
    write(_chunk, _encoding, done) {
      done(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
    },
  });
  const both = streams();
  const output = outputOf({ ...both, out: { stream: gone as unknown as Stream, text: () => "" } });
  expect(output.gone.aborted).toBe(false);
  output.data("one");
  await new Promise((resolve) => gone.once("close", resolve));
  expect(output.gone.reason).toBeInstanceOf(ReaderGone);
  output.fail(output.gone.reason);
  expect(both.err.text()).toBe("");
  output.data("two");
  await output.flush();
});

it.each<[string, boolean, boolean, Record<string, string>, boolean]>([
  ["a terminal", true, true, {}, true],
  ["a pipe", false, true, {}, false],
  ["--no-color", true, false, { FORCE_COLOR: "1" }, false],
  ["NO_COLOR", true, true, { NO_COLOR: "1" }, false],
  ["an empty NO_COLOR", true, true, { NO_COLOR: "" }, true],
  ["FORCE_COLOR into a pipe", false, true, { FORCE_COLOR: "1" }, true],
  ["FORCE_COLOR=0", true, true, { FORCE_COLOR: "0" }, false],
  ["a dumb terminal", true, true, { TERM: "dumb" }, false],
])("colours for %s", (_case, isTty, color, env, expected) => {
  const { style } = outputOf(streams(isTty), { color }, env);
  expect(style.colors.red("x") !== "x").toBe(expected);
});

it.each<[Record<string, string>, boolean]>([
  [{ LANG: "en_US.UTF-8" }, true],
  [{ LANG: "de_DE.utf8" }, true],
  [{ LANG: "C" }, false],
  [{ LC_ALL: "C", LANG: "en_US.UTF-8" }, false],
  [{ LC_ALL: "", LC_CTYPE: "C.UTF-8" }, true],
  [{}, false],
])("draws beyond ASCII for %j: %s", (env, expected) => {
  expect(outputOf(streams(), {}, env).style.unicode).toBe(expected);
});
