import type { Blobs } from "../blobs/blobs.ts";
import type { Sql } from "../db/connect.ts";
import type { Clock } from "../lib/clock.ts";
import type { Random } from "../lib/random.ts";
import type { Wake, WorkTopic } from "../lib/wake.ts";
import type { Log } from "../telemetry/log.ts";

/** What the services share; made once in the composition root. */
export interface ServiceContext {
  readonly sql: Sql;
  readonly blobs: Blobs;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: Random;
  /** Somebody may find work now: a submission, a freed dependent, a lease given back. */
  readonly work: Wake;
  /** Something changed that the event feed should read. */
  readonly change: Wake;
}

/** Both at once: after any committed change of the queue; `topics` where it is known what can be found. */
export function announce(
  context: Pick<ServiceContext, "work" | "change">,
  topics?: readonly WorkTopic[],
): void {
  context.work.wakeAll(topics);
  context.change.wakeAll();
}
