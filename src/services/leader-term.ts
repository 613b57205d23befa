import { setTimeout as pause } from "node:timers/promises";
import type { Sql } from "../db/connect.ts";
import { renewLeadership, resignLeadership } from "../db/leader.ts";

const renewMs = 500;
/** Nobody else may lead before this has passed since the last renewal: a challenger waits half a second longer. */
const fenceMs = 2_000;

/** A term of leading, kept alive until it is lost or given back. */
export interface Term {
  readonly number: number;
  /** By the clock, not by what was heard: a process that stood still knows it with its first question. */
  isValid(): boolean;
  /** Resolves with a sentence that says why, at the latest when the term stops being valid. */
  readonly lost: Promise<string>;
  /** Ends the term so that the next leader need not wait, unless it is lost already. Closes the connection. */
  giveBack(): Promise<void>;
}

/** @param askedMs when the term was asked for, by `performance.now()`: before the database wrote it down */
export function holdTerm(sql: Sql, number: number, askedMs: number): Term {
  const ended = new AbortController();
  let validUntilMs = askedMs + fenceMs;
  let tell: (why: string) => void;
  const lost = new Promise<string>((resolve) => {
    tell = resolve;
  });
  const lose = (why: string): void => {
    ended.abort();
    clearTimeout(fence);
    validUntilMs = 0;
    tell(why);
  };
  const onSilence = (): void => {
    const leftMs = validUntilMs - performance.now();
    if (leftMs > 0) fence = setTimeout(onSilence, leftMs);
    else lose(`No renewal was answered for ${fenceMs / 1000} s.`);
  };
  let fence = setTimeout(onSilence, fenceMs);
  const renew = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      const sentMs = performance.now();
      const isOurs = await renewLeadership(sql, number);
      if (ended.signal.aborted) return;
      if (!isOurs) return lose("The term is over, or the session that held it is.");
      validUntilMs = sentMs + fenceMs;
      await pause(renewMs, undefined, { signal: ended.signal });
    }
  };
  const renewing = renew().catch((error: unknown) => {
    if (!ended.signal.aborted) lose(error instanceof Error ? error.message : String(error));
  });
  void lost.then(() => close(sql));
  return {
    number,
    isValid: () => performance.now() < validUntilMs,
    lost,
    async giveBack() {
      if (!ended.signal.aborted) {
        ended.abort();
        // What is under way ends within the time that the server gives a statement, or with the fence.
        await Promise.race([renewing.then(() => resignLeadership(sql, number)), lost]).catch(
          () => undefined,
        );
        lose("It was given back.");
      }
      await close(sql);
    },
  };
}

/** Without a good-bye that nobody may hear. */
export const close = (sql: Sql): Promise<void> => sql.end({ timeout: 0 });
