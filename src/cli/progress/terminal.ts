import type { Clock } from "../../lib/clock.ts";
import type { Output } from "../output.ts";
import { frameOf } from "./frame.ts";
import type { Progress, Tracked } from "./progress.ts";

const betweenDrawsMs = 100;
const hideCursor = "\u001b[?25l";
const showCursor = "\u001b[?25h";
const clearBelow = "\u001b[J";

export interface TerminalOptions {
  readonly output: Output;
  readonly clock: Clock;
  /** Whether the last frame stays when it ends; else it is taken away. */
  readonly keep: boolean;
  /** Told to write when the process ends in the middle. */
  readonly process: Pick<NodeJS.EventEmitter, "on" | "off">;
}

/** Bars that are redrawn in place, at most ten times a second. */
export function createTerminalProgress(options: TerminalOptions): Progress {
  const { output, clock } = options;
  const all = new Map<number, Tracked>();
  let drawnLines = 0;
  let drawnAtMs = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;

  const clear = (): void => {
    if (drawnLines === 0) return;
    const up = drawnLines > 1 ? `\u001b[${drawnLines - 1}A` : "";
    output.raw(`\r${up}${clearBelow}`);
    drawnLines = 0;
  };
  const draw = (): void => {
    const lines = frameOf(inOrder(all), output.size(), output.errorStyle);
    // One write: the old lines and the new ones are never seen apart.
    const up = drawnLines > 1 ? `\u001b[${drawnLines - 1}A` : "";
    output.raw(`${hideCursor}\r${up}${clearBelow}${lines.join("\n")}`);
    drawnLines = lines.length;
    drawnAtMs = clock.nowMs();
  };
  const restore = (): void => output.raw(showCursor);
  const schedule = (): void => {
    if (timer !== undefined || isOver) return;
    const waitMs = Math.max(0, drawnAtMs + betweenDrawsMs - clock.nowMs());
    timer = setTimeout(() => {
      timer = undefined;
      draw();
    }, waitMs);
  };
  options.process.on("exit", restore);
  output.setLive({ clear, draw });
  return {
    update(tracked) {
      all.set(tracked.key, tracked);
      schedule();
    },
    end() {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      output.setLive(null);
      if (options.keep && all.size > 0) {
        draw();
        output.raw("\n");
      } else clear();
      restore();
      options.process.off("exit", restore);
    },
  };
}

const inOrder = (all: ReadonlyMap<number, Tracked>): Tracked[] =>
  [...all.values()].sort((a, b) => a.key - b.key);
