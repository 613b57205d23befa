import { AppError } from "../errors/app-error.ts";
import type { Context } from "./context.ts";

const bytesMax = 64 * 1024;

/**
 * What only its owner may see: from stdin as it is piped in, or typed and pasted at a terminal, where it is
 * not shown. Throws USAGE when nothing comes, and the signal's reason.
 */
export async function readSecret(
  { output, interrupt }: Pick<Context, "output" | "interrupt">,
  question: string,
  input: NodeJS.ReadStream = process.stdin,
): Promise<string> {
  const isTyped = input.isTTY === true;
  if (isTyped) output.raw(question);
  const text = isTyped
    ? await typed(input, interrupt.signal)
    : await piped(input, interrupt.signal);
  if (isTyped) output.raw("\n");
  const secret = text.trim();
  if (secret === "" || /\s/.test(secret)) {
    throw new AppError("USAGE", "stdin must hold the secret, one word, and nothing else");
  }
  return secret;
}

async function piped(input: NodeJS.ReadStream, signal: AbortSignal): Promise<string> {
  let text = "";
  input.setEncoding("utf8");
  for await (const chunk of input) {
    signal.throwIfAborted();
    text += chunk;
    if (text.length > bytesMax) throw new AppError("USAGE", "stdin holds more than a secret");
  }
  return text;
}

/** Without echo, until the line ends; Ctrl-C and Ctrl-D end it too. */
function typed(input: NodeJS.ReadStream, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const leave = (): void => {
      input.setRawMode(false);
      input.pause();
      input.off("data", onData);
      signal.removeEventListener("abort", onAbort);
    };
    const onAbort = (): void => {
      leave();
      reject(signal.reason);
    };
    const onData = (data: Buffer): void => {
      for (const character of data.toString("utf8")) {
        if (character === "\u0003") {
          leave();
          // As the terminal itself would have told it.
          process.kill(process.pid, "SIGINT");
          return;
        }
        if (character === "\r" || character === "\n" || character === "\u0004") {
          leave();
          resolve(text);
          return;
        }
        if (character === "\u007f" || character === "\b") text = text.slice(0, -1);
        else text += character;
      }
    };
    input.setRawMode(true);
    input.resume();
    input.on("data", onData);
    signal.addEventListener("abort", onAbort, { once: true });
  });
}
