import { type DestinationStream, destination } from "pino";

/** The newest lines of the log that the control plane does not have yet. */
export interface LogLines {
  add(line: string): void;
  /** Takes up to `count` lines out, the oldest first. */
  take(count: number): readonly string[];
  /** They did not arrive: they stand at the front again, as far as there is room. */
  putBack(lines: readonly string[]): void;
  count(): number;
}

const lineCharactersMax = 4_000;
/** Of each text in a longer line: the message of an error and its stack are what is long. */
const textCharactersMax = [1_000, 200];
const linesDefaultMax = 2_000;

/** Keeps at most `linesMax` lines: the oldest give way, and the next lines taken begin by saying so. */
export function createLogLines(linesMax = linesDefaultMax): LogLines {
  let kept: string[] = [];
  let dropped = 0;
  return {
    add(line) {
      kept.push(shortened(line.trimEnd()));
      if (kept.length <= linesMax) return;
      kept.shift();
      dropped += 1;
    },
    take(count) {
      const notice = dropped > 0 ? [`${dropped} older lines were dropped`] : [];
      dropped = 0;
      return [...notice, ...kept.splice(0, count - notice.length)];
    },
    putBack(lines) {
      const room = linesMax - kept.length;
      dropped += Math.max(0, lines.length - room);
      kept = [...lines.slice(Math.max(0, lines.length - room)), ...kept];
    },
    count: () => kept.length,
  };
}

/** A line that stays JSON still says whose work it is about. */
function shortened(line: string): string {
  if (line.length <= lineCharactersMax) return line;
  for (const most of textCharactersMax) {
    const short = withTexts(line, most);
    if (short !== null && short.length <= lineCharactersMax) return short;
  }
  return line.slice(0, lineCharactersMax);
}

/** null: it is no JSON. */
function withTexts(line: string, most: number): string | null {
  try {
    return JSON.stringify(JSON.parse(line), (_name, value: unknown) =>
      typeof value === "string" && value.length > most ? `${value.slice(0, most)}…` : value,
    );
  } catch {
    return null;
  }
}

/** Writes to a file descriptor as the log does by itself, and keeps each line. */
export function keepingLines(lines: LogLines, descriptor: number): DestinationStream {
  const out = destination({ fd: descriptor, sync: true });
  return {
    write(line) {
      out.write(line);
      lines.add(line);
    },
  };
}
