import { execFile, spawn } from "node:child_process";
import { watchMemory } from "./memory.ts";

export interface PopplerRequest {
  readonly file: string;
  /** From 1. */
  readonly page: number;
  readonly widthPixels: number;
  readonly heightPixels: number;
  readonly limitMs: number;
  readonly memoryBytesMax: number;
  readonly signal: AbortSignal;
}

/** Where programs lie; the process gets nothing else of an environment. */
const path = "/usr/local/bin:/usr/bin:/bin";
const bytesMax = 64 * 1024 * 1024;

const versionMsMax = 20_000;

/** Such as `22.12.0`; null: it is not installed. */
export function popplerVersion(): Promise<string | null> {
  const options = { env: { PATH: path }, timeout: versionMsMax };
  return new Promise((resolve) => {
    execFile("pdftoppm", ["-v"], options, (error, stdout, stderr) =>
      resolve(error === null ? (/version (\S+)/.exec(stderr + stdout)?.[1] ?? "unknown") : null),
    );
  });
}

const graceSeconds = 1;

/**
 * The kernel ends what computes for longer, should nobody be there any more to end it. `exec` leaves no shell
 * between us and the program; where it is not installed, the shell says so by its code.
 */
const guarded = 'ulimit -t "$0"; exec "$@"';

/**
 * A page as JPEG, drawn by Debian's `pdftoppm` in a process that is killed past its limits. null when the
 * program is not installed, draws nothing in time, or the call was aborted.
 */
export function drawByPoppler(
  request: PopplerRequest,
  program = "pdftoppm",
): Promise<Buffer | null> {
  const { file, page, widthPixels, heightPixels, limitMs, memoryBytesMax, signal } = request;
  const size = ["-scale-to-x", String(widthPixels), "-scale-to-y", String(heightPixels)];
  const pages = ["-f", String(page), "-l", String(page), "-singlefile"];
  const draw = [program, "-jpeg", ...pages, ...size, file];
  const computeSeconds = String(Math.ceil(limitMs / 1000) + graceSeconds);
  const child = spawn("/bin/sh", ["-c", guarded, computeSeconds, ...draw], {
    env: { PATH: path },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const end = (): void => {
    child.kill("SIGKILL");
  };
  const timer = setTimeout(end, limitMs);
  const stopWatch = watchMemory(child.pid, memoryBytesMax, end);
  signal.addEventListener("abort", end, { once: true });
  if (signal.aborted) end();
  const chunks: Buffer[] = [];
  let bytes = 0;
  child.stdout.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > bytesMax) end();
  });
  return new Promise((resolve) => {
    const settle = (drawn: Buffer | null): void => {
      clearTimeout(timer);
      stopWatch();
      signal.removeEventListener("abort", end);
      resolve(drawn);
    };
    child.once("error", () => settle(null));
    child.once("close", (code) => {
      const jpeg = Buffer.concat(chunks);
      settle(code === 0 && jpeg.subarray(0, 2).equals(jpegStart) ? jpeg : null);
    });
  });
}

const jpegStart = Buffer.from([0xff, 0xd8]);
