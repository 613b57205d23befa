import type { HistoryAnswer } from "../../../src/contract/tuning.ts";
import type { TuneInput } from "../../../src/sim/tune/propose.ts";
import { assumedSetting, settingOfHistory } from "../../../src/sim/what-if/known.ts";
import type { SimSetting } from "../../../src/sim/what-if/setting.ts";

export type Source = "learned" | "configured" | "assumed";

/** What is known of the installation, and from where. */
export interface Known {
  readonly setting: SimSetting;
  /** As the configuration, or the version that counts, names it. */
  readonly policy: string;
  readonly arrivalsMs: readonly number[];
  /** When the first of them came. */
  readonly since: string | null;
  /** When that was asked for. */
  readonly readAtMs: number;
  readonly sources: {
    readonly slides: Source;
    readonly coldVision: Source;
    readonly coldText: Source;
    readonly bounds: Source;
    readonly prices: Source;
  };
  /** Work and starts come from the installation's own history. */
  readonly isOwn: boolean;
  /** What was assumed for want of records, in words. */
  readonly assumed: readonly string[];
}

export const nothingKnown: Known = {
  setting: assumedSetting,
  policy: "reference",
  arrivalsMs: [],
  since: null,
  readAtMs: 0,
  sources: {
    ...{ slides: "assumed", coldVision: "assumed", coldText: "assumed" },
    ...{ bounds: "assumed", prices: "assumed" },
  },
  isOwn: false,
  assumed: ["everything"],
};

/** The API has checked the outline; what lies within goes to the simulator of the same program. */
export function knownFrom(
  { input, current, assumed, since }: HistoryAnswer,
  readAtMs: number,
): Known {
  const given = input as unknown as TuneInput;
  const setting = settingOfHistory(given);
  const learned = (what: string): Source => (assumed.includes(what) ? "assumed" : "learned");
  return {
    setting,
    policy: current.policy,
    arrivalsMs: given.arrivalsMs,
    since,
    readAtMs,
    sources: {
      slides: learned("slides of a document"),
      coldVision: learned("cold starts of vision"),
      coldText: learned("cold starts of text"),
      bounds: "configured",
      prices: setting.prices.name === "own" ? "configured" : "assumed",
    },
    isOwn: true,
    assumed,
  };
}

/** The same bounds, policy and prices, with the assumed times of work and starts. */
export const withAssumedFigures = (known: Known): Known => ({
  ...known,
  setting: {
    ...known.setting,
    service: assumedSetting.service,
    coldStarts: assumedSetting.coldStarts,
  },
  sources: { ...known.sources, slides: "assumed", coldVision: "assumed", coldText: "assumed" },
  isOwn: false,
  assumed: ["how long work and starts take, as asked"],
});
