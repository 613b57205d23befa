import { readFile } from "node:fs/promises";
import { connect } from "../../src/db/connect.ts";
import { deckOf } from "../support/decks.ts";
import { type Home, makeHome } from "../support/home.ts";
import { example, type RunningStack, type StackOptions, startStack } from "../support/product.ts";
import { addCrowd, addHistory } from "./history.ts";
import type { Known } from "./screens.ts";

export interface Database {
  readonly url: string;
  drop(): Promise<void>;
}

/** Two real stacks: one with data of every kind, and one that never saw a document. */
export interface Stage {
  readonly home: Home;
  readonly full: string;
  readonly bare: string;
  readonly known: Known;
  /** Fills the lists of the stack with data up to hundreds of rows. */
  crowd(): Promise<void>;
  /** Ends both; answers what they left behind. */
  close(): Promise<string[]>;
}

/**
 * A deck that is being read stays as it is: its container is held, and nobody takes it for dead. Replicas stay, so
 * that what a page shows does not change between two looks at it.
 */
const held: StackOptions = {
  overrides: {
    timings: { heartbeatMs: 1_000, containerTtlMs: 3_600_000, stallMsMax: 3_600_000 },
    vision_container_scaling: { scale_down_delay: "3600s", max_replicas: 1 },
    text_container_scaling: { scale_down_delay: "3600s", max_replicas: 1 },
  },
};

const sampleDecks = [
  "aurelia-cardio.pdf",
  "loopfreight.pdf",
  "tessera-pictures.pdf",
  "ufer-kohorte.pdf",
];

/** A later version of the first sample: other figures, slides that are gone, and a new one. */
const revised = [
  "Aurelia Cardio\nA skin patch that sees heart failure getting worse three weeks before the ambulance does\nPitch deck, November 2026",
  "One in four patients is back in hospital within 30 days\n64 M people live with heart failure worldwide.",
  "AUR-HF-03: the patch finds 92 % of decompensations\n92 % (95 % CI 88-95 %), n = 412, twelve clinics, six months",
  "The ask\nAurelia Cardio raises a Series A of EUR 6M for 24 months.",
];

/** Starts both stacks and brings every state about that a screen is looked at in. */
export async function setStage(
  makeDatabase: () => Promise<Database>,
  decks: readonly string[] = sampleDecks,
): Promise<Stage> {
  const [home, bareHome] = [await makeHome(), await makeHome()];
  const databases = await Promise.all([makeDatabase(), makeDatabase()]);
  const optionsOf = (at: 0 | 1, { overrides = {} }: StackOptions): StackOptions => ({
    overrides: { ...overrides, databaseUrl: databases[at].url },
  });
  const stacks: RunningStack[] = [];
  const heldPids: number[] = [];
  const close = async (): Promise<string[]> => {
    for (const pid of heldPids) signal(pid, "SIGCONT");
    await Promise.all(stacks.map((stack) => stack.stop()));
    await Promise.all(databases.map((database) => database.drop()));
    const left = [...(await home.leftovers()), ...(await bareHome.leftovers())];
    await Promise.all([home.remove(), bareHome.remove()]);
    return left;
  };
  try {
    const started = await Promise.allSettled([
      startStack(home, optionsOf(0, held)),
      startStack(bareHome, optionsOf(1, {})),
    ]);
    for (const one of started) if (one.status === "fulfilled") stacks.push(one.value);
    const [full, bare] = stacks;
    if (full === undefined || bare === undefined) throw new Error("a stack is missing");
    const known = await fill(full, { databaseUrl: databases[0].url, heldPids, decks });
    return {
      ...{ home, full: full.url, bare: bare.url, known, close },
      crowd: () => withSql(databases[0].url, addCrowd),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function withSql(url: string, work: (sql: ReturnType<typeof connect>) => Promise<void>) {
  const sql = connect(url, { max: 1, name: "pilotlight-page-stage" });
  try {
    await work(sql);
  } finally {
    await sql.end();
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended by itself.
  }
}

interface Filling {
  readonly databaseUrl: string;
  readonly decks: readonly string[];
  /** Grows by the processes that are held. */
  readonly heldPids: number[];
}

async function fill(
  stack: RunningStack,
  { databaseUrl, decks, heldPids }: Filling,
): Promise<Known> {
  const { api } = stack;
  const batchOf = async (body: unknown): Promise<string> => {
    const { status, body: answer } = await api.post("batches", body);
    if (status >= 300) throw new Error(`No batch: ${JSON.stringify(answer)}`);
    return (answer as { batch: { id: string } }).batch.id;
  };
  const upload = async (bytes: Uint8Array, name: string): Promise<string> => {
    const { document, problem } = await api.upload(bytes, name);
    if (document === null) throw new Error(`${name} was refused: ${problem.title}`);
    return document.id;
  };
  const batch = await batchOf({
    name: "By source",
    documents: [{ sourceUri: "file:///nowhere/deck.pdf" }],
  });
  const emptyBatch = await batchOf({ name: "Still open" });
  const ids: string[] = [];
  for (const name of decks) ids.push(await upload(await readFile(example(name)), name));
  const second = await upload(await deckOf(revised), "aurelia-cardio-november.pdf");
  for (const id of [...ids, second]) await api.ended(id);
  const failed = (await api.documents()).documents.find(({ name }) => name === "deck.pdf");
  const running = await upload(
    await deckOf(
      Array.from({ length: 40 }, (_, at) => `Longmere, part ${at + 1}\nTolls and yards`),
    ),
    "Longmere Freight Exchange - Series B.pdf",
  );
  await api.until("slides of the deck that is being read", async () =>
    (await api.slides(running)).slides.some(({ analysis }) => analysis !== null) ? true : undefined,
  );
  for (const { pid } of stack.containers("vision")) {
    signal(pid, "SIGSTOP");
    heldPids.push(pid);
  }
  const queued = await upload(await deckOf(["Quellmar\nSeed deck", "The ask"]), "quellmar.pdf");
  await withSql(databaseUrl, addHistory);
  return {
    ...{ done: ids[0] ?? "", second, queued, running, failed: failed?.id ?? "" },
    ...{ batch, emptyBatch },
  };
}
