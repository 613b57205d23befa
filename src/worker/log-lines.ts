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
const linesDefaultMax = 2_000;

/** Keeps at most `linesMax` lines: the oldest give way, and the next lines taken begin by saying so. */
export function createLogLines(linesMax = linesDefaultMax): LogLines {
  let kept: string[] = [];
  let dropped = 0;
  return {
    add(line) {
      kept.push(line.trimEnd().slice(0, lineCharactersMax));
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
