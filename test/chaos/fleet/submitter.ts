import { setTimeout as pause } from "node:timers/promises";
import { sampleDeck, smallDeck } from "../../support/decks.ts";
import type { Plan } from "./plan.ts";

/** Uploads decks at an even pace, each until somebody says that it is accepted. */
export interface Submitter {
  run(signal: AbortSignal): Promise<void>;
  /** Pipelines that were acknowledged. */
  readonly acknowledged: readonly string[];
  /** Answers that were neither yes nor no. */
  readonly refused: readonly string[];
}

const retryMs = 200;
const callMs = 15_000;
/** Every so many decks one that takes longer, because its slides are drawn and read letter by letter. */
const picturesEvery = 25;

export function createSubmitter(plan: Plan, url: string): Submitter {
  const acknowledged: string[] = [];
  const refused: string[] = [];
  const submit = async (n: number, signal: AbortSignal): Promise<void> => {
    const bytes = await deckNumber(n);
    for (;;) {
      signal.throwIfAborted();
      const answer = await upload(`${url}/api/workspaces/-/documents?name=deck-${n}.pdf`, bytes);
      if (answer?.status === 202) {
        acknowledged.push(answer.pipeline);
        return;
      }
      // Whoever is away, or cannot reach its database, is asked again; a refusal of the deck is one.
      if (answer && answer.status >= 400 && answer.status < 500 && answer.status !== 429) {
        refused.push(`deck ${n}: ${answer.status}`);
        return;
      }
      await pause(retryMs, undefined, { signal });
    }
  };
  return {
    acknowledged,
    refused,
    async run(signal) {
      const startMs = performance.now();
      for (let n = 0; n < plan.pipelines; n += 1) {
        const dueMs = startMs + (n * plan.submitMs) / plan.pipelines;
        const waitMs = dueMs - performance.now();
        if (waitMs > 0) await pause(waitMs, undefined, { signal });
        await submit(n, signal);
      }
    },
  };
}

/** No two are the same bytes, so that no deck is known already. */
async function deckNumber(n: number): Promise<Buffer> {
  if (n % picturesEvery !== picturesEvery - 1) return smallDeck(`Company ${n}`, 3 + (n % 2));
  return anotherCopy(await sampleDeck("tessera-pictures.pdf"), n);
}

/** The same deck with other bytes: whatever follows its end is read by nobody. */
export const anotherCopy = (deck: Buffer, n: number): Buffer =>
  Buffer.concat([deck, Buffer.from(`\n% copy ${n}\n`)]);

interface Answer {
  readonly status: number;
  readonly pipeline: string;
}

/** Undefined: nobody answered, and nobody knows what became of it. */
async function upload(address: string, bytes: Buffer): Promise<Answer | undefined> {
  try {
    const response = await fetch(address, {
      method: "POST",
      headers: { "content-type": "application/pdf" },
      body: new Uint8Array(bytes),
      signal: AbortSignal.timeout(callMs),
    });
    const body = (await response.json()) as { document?: { pipeline: { id: string } } };
    return { status: response.status, pipeline: body.document?.pipeline.id ?? "" };
  } catch {
    return undefined;
  }
}
