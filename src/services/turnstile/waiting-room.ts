import type { Clock } from "../../lib/clock.ts";
import type { WorkTopic } from "../../lib/wake.ts";
import type { Entry } from "./entry.ts";

/** Even a class that nobody spoke of is looked at this often: a commit elsewhere may have been silent. */
const lookEveryMs = 1000;
const calledMin = 4;
const calledMax = 64;

const companyMax = 2;

const classesOf = ({ visitor }: Entry): string => visitor.classIds.join(" ");

interface ClassNews {
  /** Rises with every word of new work. */
  version: number;
  /** The version at which nothing was left; -1 while something may be there. */
  emptyAt: number;
  /** The version at which somebody was called who has not come back yet; -1 when nobody is under way. */
  askedAt: number;
  lookedAtMs: number;
}

/**
 * Where requests wait that found nothing. It knows of each class whether there may be work, so that whoever
 * waits costs the database nothing, and calls only a few at a time when there is: a single task must not wake
 * every container. Who is called next depends on what these find; while a class does not run empty, twice as
 * many are called each time.
 */
export class WaitingRoom {
  readonly #clock: Clock;
  readonly #onLook: () => void;
  readonly #news = new Map<number, ClassNews>();
  readonly #parked = new Map<Entry, () => void>();
  #called = calledMin;
  #look: NodeJS.Timeout | undefined;

  /** @param onLook somebody who waits may be called again, though nothing was said */
  constructor(clock: Clock, onLook: () => void) {
    this.#clock = clock;
    this.#onLook = onLook;
  }

  /** Whether it is worth asking the database for this visitor. */
  mayFind({ visitor }: Entry): boolean {
    return visitor.classIds.some((classId) => this.#mayHave(classId));
  }

  /** Waits until it is called, its time is up or its caller has gone. */
  park(entry: Entry): void {
    const { patience } = entry;
    if (patience === null || patience.signal.aborted) {
      entry.resolve(entry);
      return;
    }
    const leave = (): void => {
      this.#unpark(entry);
      entry.resolve(entry);
    };
    const timer = setTimeout(leave, Math.max(0, patience.untilMs - this.#clock.nowMs()));
    patience.signal.addEventListener("abort", leave, { once: true });
    this.#parked.set(entry, () => {
      clearTimeout(timer);
      patience.signal.removeEventListener("abort", leave);
    });
    this.#look ??= setTimeout(() => this.#lookAgain(), lookEveryMs);
  }

  /** Those whose turn it is, the longest waiting first; they are not parked any more. */
  call(): Entry[] {
    const called: Entry[] = [];
    for (const entry of this.#parked.keys()) {
      if (called.length >= this.#called) break;
      if (this.#hasWord(entry)) called.push(entry);
    }
    for (const entry of called) {
      this.#unpark(entry);
      for (const classId of entry.visitor.classIds) {
        const news = this.#newsOf(classId);
        news.askedAt = news.version;
      }
    }
    return called;
  }

  /**
   * Those who may take at once what a turn frees, though nothing is there yet: it spares the freed task a
   * turn of its own. Classes that somebody in the turn serves already need no company.
   */
  accompany(served: readonly Entry[], mayCome: (visitorId: string) => boolean): Entry[] {
    const classes = new Set(served.map(classesOf));
    const company: Entry[] = [];
    for (const entry of this.#parked.keys()) {
      if (company.length >= companyMax) break;
      if (!classes.has(classesOf(entry)) && mayCome(entry.visitor.id)) company.push(entry);
    }
    for (const entry of company) this.#unpark(entry);
    return company;
  }

  /** A container has settled something: what it could not take before it may take now. */
  invite(visitorId: string): void {
    for (const entry of this.#parked.keys()) {
      if (entry.visitor.id === visitorId) entry.tried = new Map();
    }
  }

  /** There is new work; without topics, of any class. */
  tell(topics?: readonly WorkTopic[]): void {
    const classIds = topics ? topics.map(({ classId }) => classId) : [...this.#news.keys()];
    for (const classId of classIds) {
      const news = this.#newsOf(classId);
      news.version += 1;
      news.emptyAt = -1;
    }
  }

  /** What was known when a turn began: a word that comes meanwhile is not lost. */
  versions(): ReadonlyMap<number, number> {
    return new Map([...this.#news].map(([classId, { version }]) => [classId, version]));
  }

  /** What a turn found that began at these versions: also about a class that it did not look through. */
  note(
    seen: readonly { readonly classId: number; readonly isDrained: boolean }[],
    versions: ReadonlyMap<number, number>,
    batch: readonly Entry[],
  ): void {
    const nowMs = this.#clock.nowMs();
    for (const classId of batch.flatMap(({ visitor }) => visitor.classIds)) {
      const news = this.#newsOf(classId);
      if (news.askedAt <= (versions.get(classId) ?? 0)) news.askedAt = -1;
    }
    for (const { classId, isDrained } of seen) {
      const news = this.#newsOf(classId);
      news.lookedAtMs = nowMs;
      // What this turn passed by was locked by another one perhaps, which then says so: a word of its own.
      if (!isDrained) this.tell([{ classId, rank: 0 }]);
      else if (news.version === (versions.get(classId) ?? 0)) news.emptyAt = news.version;
    }
    const isShort = seen.some(({ isDrained }) => isDrained);
    this.#called = isShort ? calledMin : Math.min(calledMax, 2 * this.#called);
  }

  #lookAgain(): void {
    this.#look = undefined;
    this.tell();
    this.#onLook();
    if (this.#parked.size > 0) this.#look ??= setTimeout(() => this.#lookAgain(), lookEveryMs);
  }

  #unpark(entry: Entry): void {
    this.#parked.get(entry)?.();
    this.#parked.delete(entry);
    if (this.#parked.size > 0) return;
    clearTimeout(this.#look);
    this.#look = undefined;
  }

  #mayHave(classId: number): boolean {
    const news = this.#newsOf(classId);
    return news.emptyAt < 0 || this.#clock.nowMs() - news.lookedAtMs >= lookEveryMs;
  }

  #hasWord({ visitor, tried }: Entry): boolean {
    return visitor.classIds.some((classId) => {
      const { emptyAt, askedAt, version } = this.#newsOf(classId);
      return emptyAt < 0 && askedAt !== version && tried.get(classId) !== version;
    });
  }

  #newsOf(classId: number): ClassNews {
    const known = this.#news.get(classId);
    if (known) return known;
    const fresh = { version: 0, emptyAt: -1, askedAt: -1, lookedAtMs: Number.NEGATIVE_INFINITY };
    this.#news.set(classId, fresh);
    return fresh;
  }
}
