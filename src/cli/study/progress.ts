import type { Context } from "../context.ts";
import { eventsWriter } from "../progress/create.ts";
import { progressModeOf } from "../progress/progress.ts";
import { secondsText } from "../text.ts";

/** How far a row of simulations is, on stderr. */
export interface StudyProgress {
  done(done: number, of: number): void;
  end(): void;
}

const quietMs = 2_000;
const betweenLinesMs = 10_000;
const clearLine = "\r\u001b[K";

/**
 * Says nothing in the first two seconds; then one line that is drawn anew, or a line every ten seconds. Every step is
 * in the file of `--events-file`.
 */
export function createStudyProgress(context: Context, what: string): StudyProgress {
  const { output, flags, env, clock } = context;
  const append = eventsWriter(context);
  const mode = progressModeOf({
    wanted: flags.progress,
    quiet: output.quiet,
    isTty: output.stderrIsTty,
    env,
  });
  const beganMs = clock.nowMs();
  let startMs = beganMs;
  let saidMs = beganMs + quietMs - betweenLinesMs;
  let shown = "";
  const words = (done: number, of: number): string => {
    // A search goes on in rounds: each has a start of its own.
    const spentMs = clock.nowMs() - startMs;
    const leftMs = done === 0 ? null : (spentMs / done) * (of - done);
    const left = leftMs === null ? "" : `, about ${secondsText(leftMs / 1000)} left`;
    return `${what}: ${done} of ${of} simulations${done === of ? "" : left}`;
  };
  const live = {
    clear: () => output.raw(shown === "" ? "" : clearLine),
    draw: () => output.raw(shown),
  };
  if (mode === "tty") output.setLive(live);
  return {
    done(done, of) {
      const nowMs = clock.nowMs();
      if (done === of) startMs = nowMs;
      const at = new Date(nowMs).toISOString();
      const object = `${JSON.stringify({ v: 1, type: "progress", at, done, of })}\n`;
      append?.(object);
      if (mode === "json") output.raw(object);
      else if (mode === "tty" && nowMs - beganMs >= quietMs) {
        live.clear();
        shown = words(done, of);
        live.draw();
      } else if (mode === "plain" && nowMs - saidMs >= betweenLinesMs && done < of) {
        saidMs = nowMs;
        output.say(words(done, of));
      }
    },
    end() {
      if (mode !== "tty") return;
      live.clear();
      output.setLive(null);
    },
  };
}
