import { AppError, problemOf } from "../errors/app-error.ts";
import { errorCodes } from "../errors/codes.ts";
import { pickFields } from "./fields.ts";
import { Interrupted, ReaderGone } from "./interrupt.ts";
import { type Style, styleOf } from "./style.ts";

export interface OutputOptions {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly color: boolean;
  /** Of the object of `--json`, only these. */
  readonly fields?: readonly string[] | undefined;
}

/** Lines that are redrawn in place; anything else that is said goes above them. */
export interface LiveLines {
  clear(): void;
  draw(): void;
}

/**
 * The only writer of both streams: stdout is data, stderr is everything else. A reader that went away
 * is no error; what it can no longer hear is dropped, and `gone` is raised.
 */
export interface Output {
  readonly json: boolean;
  readonly quiet: boolean;
  /** Of stdout. */
  readonly style: Style;
  /** Of stderr. */
  readonly errorStyle: Style;
  readonly stdoutIsTty: boolean;
  readonly stderrIsTty: boolean;
  /** Raised with `ReaderGone` once nobody reads stdout any more. */
  readonly gone: AbortSignal;
  /** Size of the terminal behind stderr. */
  size(): { readonly columns: number; readonly rows: number };
  /** Text for people, on stdout; ends with a line break. */
  data(text: string): void;
  /** The one object of `--json`. */
  object(type: string, value: object): void;
  /** A line on stderr, unless quiet. */
  say(line: string): void;
  /** Written to stderr as it is, also when quiet. */
  raw(text: string): void;
  /** Registers lines at the bottom of the terminal; null when they are gone. */
  setLive(live: LiveLines | null): void;
  /** Tells an error; with `--json` as the object too. Nothing of a signal. */
  fail(error: unknown): void;
  /** The same on stderr alone, where the object has told it already. */
  complain(error: unknown): void;
  /** Resolves when everything has left the process. */
  flush(): Promise<void>;
}

export function createOutput(options: OutputOptions): Output {
  const { stdout, stderr, env, json, quiet } = options;
  const [out, err] = [guarded(stdout), guarded(stderr)];
  const write = { out: out.write, err: err.write };
  let live: LiveLines | null = null;
  const above = (put: () => void): void => {
    live?.clear();
    put();
    live?.draw();
  };
  const style = (stream: NodeJS.WriteStream): Style =>
    styleOf({ env, isTty: stream.isTTY === true, colorWanted: options.color });
  const [outStyle, errorStyle] = [style(stdout), style(stderr)];
  const whole = (type: string, value: object): void => {
    const text = JSON.stringify({ v: 1, type, ...value }, null, stdout.isTTY ? 2 : undefined);
    above(() => write.out(`${text}\n`));
  };
  const complain = (error: unknown): void => {
    if (!isQuiet(error)) above(() => write.err(errorText(error, errorStyle, options.verbose)));
  };
  return {
    json,
    quiet,
    style: outStyle,
    errorStyle,
    stdoutIsTty: stdout.isTTY === true,
    stderrIsTty: stderr.isTTY === true,
    gone: out.gone,
    size: () => ({ columns: stderr.columns ?? 80, rows: stderr.rows ?? 24 }),
    data: (text) => above(() => write.out(text.endsWith("\n") ? text : `${text}\n`)),
    object: (type, value) =>
      whole(type, options.fields === undefined ? value : pickFields(value, options.fields)),
    say: (line) => {
      if (!quiet) above(() => write.err(`${line}\n`));
    },
    raw: write.err,
    setLive(lines) {
      live = lines;
    },
    fail(error) {
      complain(error);
      if (json && !isQuiet(error)) whole("error", errorObject(error));
    },
    complain,
    flush: async () => {
      await Promise.all([drained(stdout), drained(stderr)]);
    },
  };
}

interface Guarded {
  write(text: string): void;
  readonly gone: AbortSignal;
}
const guardedStreams = new WeakMap<NodeJS.WriteStream, Guarded>();

/** Several outputs may share a stream: it is listened to once. */
function guarded(stream: NodeJS.WriteStream): Guarded {
  const known = guardedStreams.get(stream);
  if (known) return known;
  let isBroken = false;
  const gone = new AbortController();
  stream.on("error", (error: NodeJS.ErrnoException) => {
    isBroken = true;
    if (error.code === "EPIPE") gone.abort(new ReaderGone());
  });
  const write = (text: string): void => {
    if (!isBroken && text !== "") stream.write(text);
  };
  const own = { write, gone: gone.signal };
  guardedStreams.set(stream, own);
  return own;
}

const drained = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    if (stream.destroyed || stream.writableEnded) resolve();
    else stream.write("", () => resolve());
  });

/** What failed, why, what to do. A stack only when asked for. */
function errorText(error: unknown, { colors }: Style, verbose: boolean): string {
  const head = colors.red("error:");
  const stack = verbose && error instanceof Error ? `${error.stack ?? ""}\n` : "";
  if (!(error instanceof AppError)) {
    const message = error instanceof Error ? error.message : String(error);
    return `${head} ${message}\n${stack}`;
  }
  const { title, next } = errorCodes[error.code];
  const lines = (error.detail ?? "").split("\n").filter((line) => line.trim() !== "");
  // A wrong command is told by what is wrong with it; its title adds nothing.
  const isUsage = error.code === "USAGE" && lines.length > 0;
  const first = isUsage ? lines.shift() : `${title} ${colors.dim(`[${error.code}]`)}`;
  const rest = isUsage ? lines : [...lines, `try: ${next}`];
  return `${head} ${first}\n${rest.map((line) => `  ${line}\n`).join("")}${stack}`;
}

/** Whoever stopped it knows, and whoever is gone hears nothing. */
const isQuiet = (error: unknown): boolean =>
  error instanceof Interrupted || error instanceof ReaderGone;

/** The problem as it would come over HTTP, without its own `type`: that place is taken. */
function errorObject(error: unknown): object {
  const detail = error instanceof Error ? error.message : String(error);
  const known = error instanceof AppError ? error : new AppError("INTERNAL", detail);
  const { type: _, ...problem } = problemOf(known);
  return problem;
}
