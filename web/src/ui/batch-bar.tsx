import type { BatchSummary } from "../api/types.ts";

/** Ended documents by how they ended, then what is reached of the others. */
const stretches = [
  { state: "done", fill: "bg-good" },
  { state: "done_with_gaps", fill: "bg-warn" },
  { state: "failed", fill: "bg-bad" },
  { state: "cancelled", fill: "bg-line-strong" },
] as const;

/** The bar of a batch, as wide as its percent. */
export function BatchBar({ batch, className = "" }: { batch: BatchSummary; className?: string }) {
  const { counts, documents, percent, name, status } = batch;
  const parts = stretches
    .map(({ state, fill }) => ({
      fill,
      width: documents === 0 ? 0 : (100 * counts[state]) / documents,
    }))
    .filter(({ width }) => width > 0);
  const ended = parts.reduce((sum, { width }) => sum + width, 0);
  const going = Math.max(0, percent - ended);
  return (
    <div
      role="progressbar"
      aria-label={`Progress of ${name}`}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      aria-valuetext={`${percent} percent, ${status.name}: ${status.sentence}`}
      className={`flex overflow-hidden rounded-full bg-track ${className}`}
    >
      {[...parts, { fill: "bg-accent", width: going }].map(({ fill, width }) => (
        <div
          key={fill}
          data-fill
          className={`h-full transition-[width] duration-200 ${fill}`}
          style={{ width: `${width}%` }}
        />
      ))}
    </div>
  );
}
