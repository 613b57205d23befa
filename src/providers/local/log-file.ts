import { closeSync, mkdirSync, openSync, renameSync, statSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/** Characters of the newest output that are kept at hand for a failure's story. */
const tailMax = 4_000;

/**
 * The output of one container: a file that is moved aside (`<file>.1`) before it grows past
 * `bytesMax`, and the last lines in memory. Writing never throws: a full disk must not take
 * the containers with it. Writes are synchronous; a container says little.
 */
export class LogFile {
  readonly #file: string;
  readonly #bytesMax: number;
  #descriptor: number | undefined;
  #bytes = 0;
  #tail = "";

  constructor(file: string, bytesMax: number) {
    this.#file = file;
    this.#bytesMax = bytesMax;
    this.#quietly(() => {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      this.#open();
    });
  }

  write(chunk: Buffer): void {
    this.#tail = (this.#tail + chunk.toString("utf8")).slice(-tailMax);
    this.#quietly(() => {
      for (const line of linesOf(chunk)) this.#append(line);
    });
  }

  /** Line by line: how many of them a read happened to bring makes no difference. */
  #append(line: Buffer): void {
    if (this.#bytes > 0 && this.#bytes + line.length > this.#bytesMax) this.#rotate();
    if (this.#descriptor === undefined) return;
    writeSync(this.#descriptor, line);
    this.#bytes += line.length;
  }

  /** The newest whole lines. */
  tail(): string {
    const cut = this.#tail.length < tailMax ? 0 : this.#tail.indexOf("\n") + 1;
    return this.#tail.slice(cut).trimEnd();
  }

  close(): void {
    const descriptor = this.#descriptor;
    this.#descriptor = undefined;
    if (descriptor !== undefined) this.#quietly(() => closeSync(descriptor));
  }

  #open(): void {
    this.#descriptor = openSync(this.#file, "a", 0o600);
    this.#bytes = statSync(this.#file).size;
  }

  #rotate(): void {
    this.close();
    renameSync(this.#file, `${this.#file}.1`);
    this.#open();
  }

  #quietly(act: () => void): void {
    try {
      act();
    } catch {
      // The tail in memory still tells the story.
    }
  }
}

function* linesOf(chunk: Buffer): Generator<Buffer> {
  for (let from = 0; from < chunk.length; ) {
    const at = chunk.indexOf("\n", from);
    const to = at < 0 ? chunk.length : at + 1;
    yield chunk.subarray(from, to);
    from = to;
  }
}
