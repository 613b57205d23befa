import type { Context } from "../context.ts";
import { createJsonProgress } from "./json-lines.ts";
import { createPlainProgress } from "./plain.ts";
import { type Progress, progressModeOf } from "./progress.ts";
import { createTerminalProgress } from "./terminal.ts";

/** The progress this call asked for, or the one that suits where stderr goes. */
export function createProgress({ output, flags, env, clock }: Context): Progress {
  const mode = progressModeOf({
    wanted: flags.progress,
    quiet: output.quiet,
    isTty: output.stderrIsTty,
    env,
  });
  switch (mode) {
    case "tty":
      // On a terminal the summary takes the place of the bars.
      return createTerminalProgress({ output, clock, keep: !output.stdoutIsTty, process });
    case "plain":
      return createPlainProgress(output, clock, flags.utc);
    case "json":
      return createJsonProgress(output, clock);
    case "quiet":
      return { update() {}, end() {} };
  }
}
