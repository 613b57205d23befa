import { InfiniteQueryObserver, QueryObserver } from "@tanstack/react-query";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ToldPipeline } from "../../../test/support/told-pipeline.ts";
import { documentQuery, newQueryClient } from "../api/queries.ts";
import type { DocumentSummary, EventView } from "../api/types.ts";
import { headQuery } from "../documents/queries.ts";
import { type Drawable, type Drawn, draw, drawnStore, shownPercent } from "../lib/progress.ts";
import { createBatcher } from "./batcher.ts";

/** How the page draws, and what server it draws; the tests below give it broken ones too. */
interface Drawing {
  /** A retry of gaps goes on in the generation that has shown 100. */
  readonly retryStays?: boolean;
  readonly store: () => { see(id: string, news: Drawable): Drawn };
  readonly shown: (drawn: Drawn, document: DocumentSummary) => number;
}
const asThePageDoes: Drawing = { store: drawnStore, shown: shownPercent };

const move = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("step" as const), n: fc.nat({ max: 999 }) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant("event" as const), n: fc.nat({ max: 999 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("answer" as const), n: fc.nat({ max: 999 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("paint" as const), n: fc.nat({ max: 600 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("old event" as const), n: fc.nat({ max: 999 }) }),
  },
  // Many steps that nobody hears of one by one: pipelines get to their end, and beyond it.
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("leap" as const), n: fc.nat({ max: 9_999 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("cut off" as const), n: fc.constant(0) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("reload" as const), n: fc.constant(0) }) },
);
type Move = { readonly kind: string; readonly n: number };

/** An answer under way: it tells what was so when it was asked for, whenever it comes. */
interface UnderWay {
  readonly url: string;
  readonly body: unknown;
  readonly resolve: (response: Response) => void;
}

let underWay: UnderWay[] = [];
let pipelines: ToldPipeline[] = [];

function serve(): void {
  vi.stubGlobal("fetch", (url: string) => {
    const one = pipelines.find(({ document }) => url.endsWith(`/documents/${document}`));
    const documents = pipelines.map((pipeline) => pipeline.answer());
    const body = one?.answer() ?? { documents, nextCursor: null };
    return new Promise<Response>((resolve) => underWay.push({ url, body, resolve }));
  });
}

interface Shown {
  readonly generation: number;
  readonly shown: number;
}

/** One page load: its client, what it looks at, and its memory of what it has drawn. */
function openPage(drawing: Drawing, shownBefore: Map<string, Shown>) {
  const client = newQueryClient();
  const batch = createBatcher(client, () => false);
  const store = drawing.store();
  const look = (document: DocumentSummary): void => {
    const drawn = store.see(document.pipeline.id, document.pipeline);
    const shown = drawing.shown(drawn, document);
    const before = shownBefore.get(document.id);
    if (before?.generation === drawn.generation && shown < before.shown) {
      throw new Error(`fell from ${before.shown} to ${shown}`);
    }
    const pipeline = pipelines.find((one) => one.document === document.id);
    if (shown >= 100 && pipeline?.committed.has(drawn.generation) !== true) {
      throw new Error(`showed ${shown} early`);
    }
    shownBefore.set(document.id, { generation: drawn.generation, shown });
  };
  const details = pipelines.map(
    ({ document }) => new QueryObserver(client, documentQuery(document)),
  );
  const list = new InfiniteQueryObserver(
    client,
    headQuery({ filter: "all", q: "", sort: "attention" }),
  );
  const lookAtAll = (): void => {
    for (const detail of details) {
      const { data } = detail.getCurrentResult();
      if (data !== undefined) look(data);
    }
    for (const page of list.getCurrentResult().data?.pages ?? []) page.documents.forEach(look);
  };
  const leave = [...details.map((one) => one.subscribe(lookAtAll)), list.subscribe(lookAtAll)];
  return {
    batch,
    lookAtAll,
    close() {
      for (const one of leave) one();
      batch.close();
      client.clear();
    },
  };
}

async function answerOne(n: number): Promise<void> {
  const [one] = underWay.splice(n % Math.max(1, underWay.length), 1);
  one?.resolve(new Response(JSON.stringify(one.body), { status: 200 }));
  await vi.advanceTimersByTimeAsync(1);
}

/** Plays one order of things; what was drawn wrongly, or null. */
async function play(moves: readonly Move[], drawing: Drawing): Promise<string | null> {
  let id = 0;
  underWay = [];
  const { retryStays = false } = drawing;
  pipelines = ["d_one", "d_two"].map((name) => new ToldPipeline(name, () => (id += 1), retryStays));
  // Kept over a reload: what a person saw before it must not be more than after it.
  const shownBefore = new Map<string, Shown>();
  let page = openPage(drawing, shownBefore);
  let sent: EventView[] = [];
  const inOrder = (): EventView[] =>
    pipelines.flatMap(({ events }) => events).sort((a, b) => a.id - b.id);
  try {
    for (const { kind, n } of moves) {
      const all = inOrder();
      if (kind === "step") pipelines[n % 2]?.step(Math.floor(n / 2));
      if (kind === "leap") pipelines[n % 2]?.leap(n);
      // Of those that have not come yet any may be next: the stream is not in the order of the ids.
      const waiting = all.filter((event) => !sent.includes(event)).slice(0, 4);
      const event = kind === "event" ? waiting[n % Math.max(1, waiting.length)] : undefined;
      if (event !== undefined) sent.push(event);
      if (event !== undefined) page.batch.add(event);
      const old = all[n % Math.max(1, all.length)];
      if (kind === "old event" && old !== undefined) page.batch.add(old);
      if (kind === "answer") await answerOne(n);
      if (kind === "paint") await vi.advanceTimersByTimeAsync(n);
      if (kind === "cut off") {
        sent = all;
        page.batch.resync();
      }
      if (kind === "reload") {
        page.close();
        underWay = [];
        sent = all;
        page = openPage(drawing, shownBefore);
      }
      page.lookAtAll();
    }
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    page.close();
  }
}

const orders = fc.array(move, { minLength: 30, maxLength: 90 });

/** Whether some order of things shows that this way of drawing is wrong, and wrong in this way. */
async function isFoundOut(drawing: Drawing, wrong: RegExp, numRuns: number): Promise<boolean> {
  let isFound = false;
  await fc.assert(
    fc.asyncProperty(orders, async (moves) => {
      isFound ||= wrong.test((await play(moves, drawing)) ?? "");
    }),
    { numRuns },
  );
  return isFound;
}

describe("what is drawn of a document", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    serve();
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  it("never falls within a generation, and shows 100 only after the last row is committed", async () => {
    let gapRetries = 0;
    let sawEnd = 0;
    let sawMiddle = 0;
    const counting: Drawing = {
      store: drawnStore,
      shown(drawn) {
        const shown = shownPercent(drawn);
        if (shown === 100) sawEnd += 1;
        else if (shown > 0) sawMiddle += 1;
        return shown;
      },
    };
    await fc.assert(
      fc.asyncProperty(orders, async (moves) => {
        expect(await play(moves, counting)).toBeNull();
        for (const pipeline of pipelines) gapRetries += pipeline.gapRetries;
      }),
      { numRuns: 1000 },
    );
    // The orders get somewhere: not all of them end before anything is drawn.
    expect(sawMiddle).toBeGreaterThan(1000);
    expect(sawEnd).toBeGreaterThan(100);
    expect(gapRetries).toBeGreaterThan(100);
  });

  it("would be found out, did a retry of gaps stay in the generation that showed 100", async () => {
    const stays: Drawing = { ...asThePageDoes, retryStays: true };
    expect(await isFoundOut(stays, /^fell from/, 300)).toBe(true);
  });

  it("would be found out, were it drawn without a memory", async () => {
    const forgetful: Drawing = {
      ...asThePageDoes,
      store: () => ({ see: (_id, news) => draw(undefined, news) }),
    };
    expect(await isFoundOut(forgetful, /^fell from/, 200)).toBe(true);
  });

  it("would be found out, were running tasks counted whole", async () => {
    const eager: Drawing = {
      ...asThePageDoes,
      shown(drawn, { pipeline }) {
        const { tasks, percent } = pipeline.progress;
        if (percent === 100) return percent;
        const all = tasks.reduce((sum, task) => sum + task.weight, 0);
        const got = tasks.reduce(
          (sum, task) => sum + task.weight * (drawn.fractions[task.task] ?? 0),
          0,
        );
        return Math.round((100 * got) / all);
      },
    };
    expect(await isFoundOut(eager, /^showed 100 early/, 300)).toBe(true);
  });
});
