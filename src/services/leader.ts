import { setTimeout as pause } from "node:timers/promises";
import type { Db, Sql } from "../db/connect.ts";
import { readLeader } from "../db/leader.ts";
import { type Service, startAll, stopAll } from "../lib/service.ts";
import type { ServiceContext } from "./context.ts";
import { createChallenger, takeOverMs } from "./leader-challenge.ts";
import type { Term } from "./leader-term.ts";

/** What happens with a term. Each is awaited before the other is called, and neither overlaps itself. */
export interface LeaderDuties {
  /** A failure gives the term up; `onLost` is called then too. */
  onGained(term: number): Promise<void>;
  /** The term is lost, or about to be given back. Nobody else leads before it was lost for half a second. */
  onLost(): Promise<void>;
}

export interface LeadershipOptions extends LeaderDuties {
  /** A connection past any pooler, of `connectLeader`. Asked for again after every loss. */
  connectDirect(): Sql;
  /** Names this life of this process: another one at each start. */
  readonly holder: string;
}

export interface LeadershipStatus {
  readonly holder: string;
  readonly isLeader: boolean;
  readonly term: number | null;
  /** Why the last term was lost, or that it cannot be told who leads; null since all went well again. */
  readonly trouble: string | null;
}

export interface Leadership extends Service {
  /** Ask right before each act that the leader alone may do: true for at most two seconds after a renewal. */
  isLeader(): boolean;
  term(): number | null;
  status(): LeadershipStatus;
}

/** Whoever could not do what a leader does, or could not ask, leaves the others this long to try. */
const restMs = 1_000;
const unknown = "It is not known who leads.";

/**
 * One control plane of a database leads, any number follow. A leader that ends gives its term to the next
 * at once. One that is killed, hangs or is cut off is followed by another within five seconds, and has
 * stopped leading by its own clock before.
 */
export function createLeadership(
  context: Pick<ServiceContext, "log">,
  options: LeadershipOptions,
): Leadership {
  const { holder } = options;
  let stopping = new AbortController();
  let running: Promise<void> | undefined;
  let term: Term | undefined;
  let trouble: string | null = null;
  const isLeader = (): boolean => term?.isValid() ?? false;
  const note = (sentence: string, about: object): void => {
    if (trouble !== sentence) context.log.warn(about, sentence);
    trouble = sentence;
  };
  const rest = (ms: number): Promise<void> =>
    pause(ms, undefined, { signal: stopping.signal }).catch(() => undefined);

  const lead = async (gained: Term): Promise<void> => {
    term = gained;
    context.log.info({ term: gained.number, holder }, "this control plane leads now");
    const begin = async (): Promise<void> => {
      await options.onGained(gained.number);
      trouble = null;
    };
    const why = await serve(gained, begin, stopping.signal);
    if (why !== null) note(why, { term: gained.number });
    // Still renewed while services stop, unless it was lost.
    await options
      .onLost()
      .catch((error) => context.log.error({ err: error }, "what the leader runs did not stop"));
    await gained.giveBack();
    term = undefined;
    if (why !== null) await rest(restMs);
  };
  const run = async (): Promise<void> => {
    const challenger = createChallenger(options.connectDirect, holder);
    while (!stopping.signal.aborted) {
      try {
        const found = await challenger.look();
        if (trouble === unknown) trouble = null;
        if (typeof found === "number") await rest(found);
        else await lead(found);
      } catch (error) {
        note(unknown, { err: error });
        await rest(restMs);
      }
    }
    await challenger.close();
  };
  return {
    name: "leadership",
    isLeader,
    term: () => (term && isLeader() ? term.number : null),
    status: () => ({
      holder,
      isLeader: isLeader(),
      term: term && isLeader() ? term.number : null,
      trouble,
    }),
    async start() {
      if (running !== undefined) return;
      stopping = new AbortController();
      running = run();
    },
    async stop() {
      stopping.abort();
      await running;
      running = undefined;
    },
  };
}

/** Until the term ends: a sentence that says why, null when it is to be given back because we stop. */
async function serve(
  term: Term,
  begin: () => Promise<void>,
  stopping: AbortSignal,
): Promise<string | null> {
  try {
    await begin();
  } catch (error) {
    return `What the leader runs could not start: ${error instanceof Error ? error.message : error}`;
  }
  if (stopping.aborted) return null;
  const stopped = new Promise<null>((resolve) => {
    stopping.addEventListener("abort", () => resolve(null), { once: true });
  });
  return Promise.race([term.lost, stopped]);
}

/** Services that the leader alone runs, as duties: started in order with a term, stopped in reverse after it. */
export function leading(services: readonly Service[]): LeaderDuties {
  let up: readonly Service[] = [];
  return {
    async onGained() {
      await startAll(services);
      up = services;
    },
    async onLost() {
      const running = up;
      up = [];
      await stopAll(running);
    },
  };
}

export interface LeaderStatus {
  readonly holder: string;
  readonly term: number;
  readonly since: Date;
}

/** Who leads, as every control plane can tell it; null while nobody does. */
export async function leaderStatus(db: Db): Promise<LeaderStatus | null> {
  const row = await readLeader(db);
  if (!row || row.ageMs > takeOverMs) return null;
  return { holder: row.holder, term: row.term, since: row.since };
}
