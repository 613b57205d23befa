import type { AccuracyAnswer, ShareView, VerdictView } from "../api/types.ts";

/** How well starts were foreseen, as people read it. Pure. */

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

const documentsWords = (many: number): string => `${many} ${many === 1 ? "document" : "documents"}`;

/** "92.3 %"; of too few documents no share is told. */
export const shareWords = ({ share }: ShareView): string =>
  share === null ? "Too few to tell" : percent(share);

/** What stands behind a share: "81.8 to 97.0 %, 52 documents". */
export function basisWords(
  { of, low, high }: ShareView,
  { documentsMin }: Pick<AccuracyAnswer, "documentsMin">,
): string {
  return low === null || high === null
    ? `${documentsWords(of)} so far, ${documentsMin} are needed`
    : `${(100 * low).toFixed(1)} to ${percent(high)}, ${documentsWords(of)}`;
}

/** "20 on time, 10 early, 8 late"; kinds that did not occur are left out. */
export function startsWords({ starts }: Pick<AccuracyAnswer, "starts">): string {
  const { onTime, early, late, unused, failed } = starts;
  const parts: readonly (readonly [number, string])[] = [
    [onTime, "on time"],
    [early, "early"],
    [late, "late"],
    [unused, "unused"],
    [failed, "failed"],
  ];
  const told = parts.filter(([many]) => many > 0).map(([many, words]) => `${many} ${words}`);
  return told.length === 0 ? "none judged yet" : told.join(", ");
}

/** "not started: 10.0 %, 50.0 %, 95.0 % of 40 documents", where enough was foretold. */
export const predictionWords = ({
  predictions,
  documentsMin,
}: Pick<AccuracyAnswer, "predictions" | "documentsMin">): readonly string[] =>
  predictions
    .filter(({ documents }) => documents >= documentsMin)
    .map(({ progress, documents, quantiles }) => {
      const shares = quantiles.map(({ coverage }) => shareWords(coverage)).join(", ");
      return `${progress}: ${shares} of ${documentsWords(documents)}`;
    });

/** Below a minute to the tenth: that is where a wait is won. */
export function waitWords(seconds: number | null): string {
  if (seconds === null) return "none yet";
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

const inks: Readonly<Record<VerdictView["kind"], string>> = {
  "on-time": "text-good",
  early: "text-warn",
  late: "text-warn",
  unused: "text-warn",
  failed: "text-bad",
  right: "text-ink-2",
  "too-soon": "text-warn",
  harmless: "text-ink-2",
  costly: "text-warn",
  unjudged: "text-ink-2",
};

/** A class of the page's own colours. */
export const verdictInk = ({ kind }: Pick<VerdictView, "kind">): string => inks[kind];
