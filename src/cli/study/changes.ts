import { parseDuration } from "../../core/autoscaler/duration.ts";
import { AppError } from "../../errors/app-error.ts";
import type { ByPool, Changes } from "../../sim/what-if/setting.ts";

export interface ChangeOptions {
  readonly slides?: string | undefined;
  readonly keepWarm?: string | undefined;
  readonly maxReplicas?: string | undefined;
  readonly coldStart?: string | undefined;
  readonly usdPerHour?: string | undefined;
}

/** What is to be otherwise than configured, as the options say it. Throws USAGE. */
export function changesOf(options: ChangeOptions): Changes {
  const { slides } = options;
  return {
    ...(slides === undefined ? {} : { slides: within("--slides", slides, [1, 1000]) }),
    keepWarmSeconds: byPool("--keep-warm", options.keepWarm, seconds),
    maxReplicas: byPool("--max-replicas", options.maxReplicas, (flag, text) =>
      within(flag, text, [1, 99], true),
    ),
    coldStartSeconds: byPool("--cold-start", options.coldStart, seconds),
    usdPerHour: byPool("--usd-per-hour", options.usdPerHour, (flag, text) =>
      within(flag, text, [0, 1000]),
    ),
  };
}

/** `vision=300s,text=600s`; one value alone holds for both. */
function byPool(
  flag: string,
  text: string | undefined,
  valueIn: (flag: string, text: string) => number,
): ByPool {
  if (text === undefined) return {};
  if (!text.includes("=")) {
    const value = valueIn(flag, text);
    return { vision: value, text: value };
  }
  const pairs = text.split(",").map((pair) => {
    const [pool = "", value = ""] = pair.split("=").map((part) => part.trim());
    if (pool !== "vision" && pool !== "text") {
      throw new AppError("USAGE", `${flag} names vision and text, not "${pool}"`);
    }
    return [pool, valueIn(flag, value)] as const;
  });
  return Object.fromEntries(pairs);
}

function seconds(flag: string, text: string): number {
  const ms = parseDuration(text);
  if (ms === null)
    throw new AppError("USAGE", `${flag} takes a duration such as 90s, not "${text}"`);
  return ms / 1000;
}

function within(
  flag: string,
  text: string,
  [least, most]: readonly [number, number],
  isWhole = false,
): number {
  const value = Number(text);
  const fits = text !== "" && value >= least && value <= most;
  if (fits && (!isWhole || Number.isInteger(value))) return value;
  const kind = isWhole ? "a whole number" : "a number";
  throw new AppError("USAGE", `${flag} takes ${kind} from ${least} to ${most}, not "${text}"`);
}
