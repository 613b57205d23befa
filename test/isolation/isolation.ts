import { createHash } from "node:crypto";
import { makeDeck } from "../decks/make-deck.ts";
import type { Home } from "../support/home.ts";
import { makeHome } from "../support/home.ts";
import type { RunningStack, StackOptions } from "../support/product.ts";

export interface IsolationPlan {
  readonly decks: number;
  readonly rounds: number;
  readonly seed: number;
  readonly say: (sentence: string) => void;
  /** Starts a stack whose database nothing else uses. */
  readonly start: (home: Home, options: StackOptions) => Promise<RunningStack>;
}

/** A deck whose results were not those it has alone. */
export interface Leak {
  readonly round: number;
  readonly deck: string;
  readonly tasks: readonly string[];
}

export interface IsolationReport {
  readonly compared: number;
  readonly leaks: readonly Leak[];
  /** Most pipelines seen under way at once. */
  readonly together: number;
}

interface Deck {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Results by task as canonical JSON. */
type Results = ReadonlyMap<string, string>;

/**
 * Reads each deck alone, then all of them at once through one vision and one text container, round after
 * round in another order, and compares byte by byte. Nothing is kept between documents: the visual cache is
 * off, and each round has containers of its own.
 */
export async function runIsolation(plan: IsolationPlan): Promise<IsolationReport> {
  const decks = await makeDecks(plan);
  plan.say(`${decks.length} decks, ${plan.rounds} rounds, seed ${plan.seed}: each alone first`);
  const alone = await inStack(plan, async (stack) => {
    const results = new Map<string, Results>();
    for (const deck of decks) results.set(deck.name, await work(stack, deck));
    return results;
  });
  const leaks: Leak[] = [];
  let together = 0;
  for (let round = 1; round <= plan.rounds; round += 1) {
    const order = shuffled(decks, `${plan.seed}/${round}`);
    const seen = await inStack(plan, async (stack) => {
      const uploaded = await Promise.all(order.map((deck) => upload(stack, deck)));
      const watch = watching(stack);
      const results = await Promise.all(
        uploaded.map(
          async (id, at) => [order[at]?.name ?? "", await resultsOf(stack, id)] as const,
        ),
      );
      together = Math.max(together, await watch());
      return results;
    });
    const found = seen.flatMap(([deck, results]) => {
      const tasks = different(alone.get(deck), results);
      return tasks.length === 0 ? [] : [{ round, deck, tasks }];
    });
    leaks.push(...found);
    plan.say(`round ${round}: ${seen.length} decks, ${found.length} of them not as they are alone`);
  }
  return { compared: decks.length * plan.rounds, leaks, together };
}

async function makeDecks({ decks, seed }: IsolationPlan): Promise<Deck[]> {
  const made: Deck[] = [];
  for (let at = 0; at < decks; at += 1) {
    const { pdf } = await makeDeck(seed * 10_000 + at);
    made.push({ name: `deck-${at + 1}.pdf`, bytes: pdf });
  }
  return made;
}

/** One vision and one text container that take as many pipelines at once as they can. */
const crowded = {
  visualCache: { enabled: false },
  vision_container_scaling: { max_replicas: 1, scale_down_delay: "60s" },
  text_container_scaling: { max_replicas: 1, scale_down_delay: "60s" },
} as const;
const containerEnv = { PILOTLIGHT_SLOTS: "8", PILOTLIGHT_MAX_PIPELINES: "8" };

async function inStack<T>(
  { start }: IsolationPlan,
  run: (stack: RunningStack) => Promise<T>,
): Promise<T> {
  const home: Home = await makeHome();
  try {
    const stack = await start(home, { overrides: crowded, containerEnv });
    try {
      return await run(stack);
    } finally {
      await stack.stop();
    }
  } finally {
    await home.remove();
  }
}

async function upload({ api }: RunningStack, { bytes, name }: Deck): Promise<string> {
  const { document, problem } = await api.upload(bytes, name);
  if (document === null) throw new Error(`${name} was refused: ${problem.code}`);
  return document.id;
}

const work = async (stack: RunningStack, deck: Deck): Promise<Results> =>
  resultsOf(stack, await upload(stack, deck));

/** Waits as long as it takes: fifty decks at once take longer than one. */
async function resultsOf({ api }: RunningStack, id: string): Promise<Results> {
  for (let patience = 10; ; patience -= 1) {
    const ended = await api.ended(id).catch((error: unknown) => {
      if (patience > 0) return null;
      throw error;
    });
    if (ended === null) continue;
    if (ended.pipeline.state !== "done") throw new Error(`${ended.name}: ${ended.pipeline.state}`);
    const { results } = await api.results(id);
    return new Map(Object.entries(results).map(([task, result]) => [task, canonical(result)]));
  }
}

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );

function different(alone: Results | undefined, results: Results): string[] {
  const tasks = new Set([...(alone?.keys() ?? []), ...results.keys()]);
  return [...tasks].filter((task) => alone?.get(task) !== results.get(task));
}

/** Looks now and then how many pipelines the containers hold together. */
function watching({ url }: RunningStack): () => Promise<number> {
  let most = 0;
  let isOver = false;
  const look = async (): Promise<void> => {
    while (!isOver) {
      const health = (await (await fetch(`${url}/api/health`)).json()) as {
        containers: { pipelines: { pipeline: string }[] }[];
      };
      const held = health.containers.flatMap(({ pipelines }) => pipelines);
      most = Math.max(most, new Set(held.map(({ pipeline }) => pipeline)).size);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };
  const looking = look().catch(() => undefined);
  return async () => {
    isOver = true;
    await looking;
    return most;
  };
}

/** The same order for the same words. */
function shuffled<T>(list: readonly T[], words: string): T[] {
  const keyed = list.map((item, at) => ({
    item,
    key: createHash("sha256").update(`${words}/${at}`).digest("hex"),
  }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ item }) => item);
}
