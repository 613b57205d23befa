import { createInterface } from "node:readline";

/** Whoever sits at the terminal, if anybody does. */
export interface Person {
  readonly isThere: boolean;
  /** Whether the answer begins with y; the end of input is a no. Throws the signal's reason. */
  confirm(question: string, signal: AbortSignal): Promise<boolean>;
}

type Input = NodeJS.ReadableStream & { readonly isTTY?: boolean };
type Output = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** Asks on `output`, which is stderr: stdout is data. */
export function personAt(input: Input, output: Output): Person {
  return {
    isThere: input.isTTY === true && output.isTTY === true,
    confirm: (question, signal) => askOn(input, output, question, signal),
  };
}

function askOn(
  input: Input,
  output: Output,
  question: string,
  signal: AbortSignal,
): Promise<boolean> {
  signal.throwIfAborted();
  // Not as a terminal of readline's own: that would take Ctrl-C away from the process.
  const lines = createInterface({ input, terminal: false });
  output.write(`${question} [y/N] `);
  return new Promise<boolean>((resolve, reject) => {
    const onAbort = (): void => {
      output.write("\n");
      reject(signal.reason);
      lines.close();
    };
    signal.addEventListener("abort", onAbort, { once: true });
    lines.once("line", (line) => {
      resolve(/^\s*y/i.test(line));
      lines.close();
    });
    lines.once("close", () => {
      signal.removeEventListener("abort", onAbort);
      resolve(false);
    });
  });
}
