import { appendFileSync } from "node:fs";
import { resolve } from "node:path";
import { AppError } from "../../errors/app-error.ts";
import type { Context } from "../context.ts";
import { createJsonProgress } from "./json-lines.ts";
import { createPlainProgress } from "./plain.ts";
import { type Progress, progressModeOf } from "./progress.ts";
import { createTerminalProgress } from "./terminal.ts";

/** What is shown, and with `--events-file` what is written beside it. */
export function createProgress(context: Context): Progress {
  const shown = createShown(context);
  const append = eventsWriter(context);
  if (append === null) return shown;
  const written = createJsonProgress({ raw: append }, context.clock);
  return {
    update(tracked) {
      shown.update(tracked);
      written.update(tracked);
    },
    end: () => shown.end(),
  };
}

/** Appends text to the file of `--events-file`; null without one. Throws USAGE where that cannot be done. */
export function eventsWriter({
  flags,
  cwd,
}: Pick<Context, "flags" | "cwd">): ((text: string) => void) | null {
  if (flags.eventsFile === undefined) return null;
  const file = resolve(cwd, flags.eventsFile);
  return (text) => {
    try {
      appendFileSync(file, text);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new AppError("USAGE", `--events-file ${file}: cannot be written (${code})`);
    }
  };
}

/** The progress this call asked for, or the one that suits where stderr goes. */
function createShown({ output, flags, env, clock }: Context): Progress {
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
