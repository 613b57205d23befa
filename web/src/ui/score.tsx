/** A score of 0 to 5 as five marks and the number; null says so. */
export function Score({ score, label }: { score: number | null; label?: string }) {
  if (score === null) return <span className="text-xs text-ink-3">not scored</span>;
  const shown = Number.isInteger(score) ? String(score) : score.toFixed(1);
  return (
    <span
      role="img"
      aria-label={`${label === undefined ? "" : `${label}: `}${shown} of 5`}
      className="inline-flex items-center gap-1.5 whitespace-nowrap"
    >
      <span className="flex gap-0.5">
        {[1, 2, 3, 4, 5].map((step) => (
          <span key={step} className="h-2 w-3.5 overflow-hidden rounded-[2px] bg-track">
            <span
              className={`block h-full ${toneOf(score)}`}
              style={{ width: `${100 * Math.min(1, Math.max(0, score - step + 1))}%` }}
            />
          </span>
        ))}
      </span>
      <span className="w-5 text-xs font-medium tabular-nums text-ink-2">{shown}</span>
    </span>
  );
}

const toneOf = (score: number): string => {
  if (score >= 4) return "bg-good";
  return score >= 2.5 ? "bg-accent" : "bg-warn";
};
