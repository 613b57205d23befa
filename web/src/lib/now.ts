/**
 * The page's one clock. Ages are counted against the server's clock where the two differ by more
 * than the second that a Date header can tell, so that a wrong clock here never shows "in 3 min".
 */
let offsetMs = 0;

export const serverNowMs = (): number => Date.now() + offsetMs;

/** A moment told by the browser's clock (those of queries are), as the page's one clock has it. */
export const toServerMs = (browserMs: number): number => browserMs + offsetMs;

export function noteServerDate(header: string | null): void {
  const serverMs = header === null ? Number.NaN : Date.parse(header);
  if (Number.isNaN(serverMs)) return;
  const difference = serverMs - Date.now();
  offsetMs = Math.abs(difference) > 2000 ? difference : 0;
}
