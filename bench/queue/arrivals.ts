import { setTimeout as delay } from "node:timers/promises";

type Submit = (count: number) => Promise<void>;

/** Eight at a time where they come one by one: as many submitters as a web server would have. */
export async function submitAll(count: number, atOnce: number, submit: Submit): Promise<void> {
  let left = count;
  const submitter = async (): Promise<void> => {
    while (left > 0) {
      const part = Math.min(left, atOnce);
      left -= part;
      await submit(part);
    }
  };
  await Promise.all(Array.from({ length: atOnce === 1 ? 8 : 1 }, submitter));
}

const lookMs = 5;

/** At a fixed rate, until `count` have come or `signal` is raised. What came meanwhile goes together. */
export async function submitPaced(
  count: number,
  perSecond: number,
  submit: Submit,
  signal?: AbortSignal,
): Promise<void> {
  const startedMs = performance.now();
  let sent = 0;
  while (sent < count && !(signal?.aborted ?? false)) {
    const due = Math.min(count, Math.ceil(((performance.now() - startedMs) / 1000) * perSecond));
    if (due > sent) {
      const part = due - sent;
      sent = due;
      await submit(part);
    }
    await delay(lookMs);
  }
}
