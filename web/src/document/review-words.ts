import type { ReviewView } from "../api/types.ts";

/** "Verified by Ada: the note". */
export function reviewedWords({ verdict, by, note, stale }: ReviewView): string {
  const word = verdict.charAt(0).toUpperCase() + verdict.slice(1);
  return `${word} by ${by}${note === null ? "" : `: ${note}`}${stale ? " (stale)" : ""}`;
}
