import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DeckTruth } from "../core/evaluation/truth.ts";
import type { Clock } from "../lib/clock.ts";
import type { Pack } from "../packs/pack.ts";
import { defaultPdfLimits, openPdf } from "../pdf/index.ts";
import { createDocumentStore } from "../worker/document-store.ts";
import { type Readers, type Reading, readDeck } from "./read-deck.ts";
import type { EvaluationSet } from "./read-set.ts";

export interface RunSetOptions {
  readonly pack: Pack;
  /** One entry for each deck that is read at the same time; entries may share their engines. */
  readonly readers: readonly Readers[];
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called after each deck, in the order they end. */
  readonly onDeck: (truth: DeckTruth, reading: Reading) => void;
}

/**
 * Reads all decks of a set, some at once, and gives the readings in the order of the
 * set. Throws the signal's reason, and FILE_UNREADABLE for a file that is not there any more.
 */
export async function runSet(set: EvaluationSet, options: RunSetOptions): Promise<Reading[]> {
  const { pack, readers, clock, onDeck } = options;
  const workDir = await mkdtemp(join(tmpdir(), "pilotlight-eval-"));
  const documents = createDocumentStore({
    workDir,
    openPdf: (file, abort) => openPdf(file, defaultPdfLimits, { signal: abort }),
  });
  const readings: Reading[] = [];
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  let next = 0;
  const work = async (own: Readers): Promise<void> => {
    while (next < set.decks.length) {
      const at = next++;
      const truth = set.decks[at];
      if (truth === undefined) return;
      const ports = { pack, readers: own, documents, clock, signal };
      const reading = await readDeck(join(set.folder, truth.file), ports);
      readings[at] = reading;
      onDeck(truth, reading);
    }
  };
  try {
    // Where one cannot go on, the others are stopped before what they read from is taken away.
    const ends = await Promise.allSettled(
      readers.map((own) =>
        work(own).catch((error) => {
          stop.abort(error);
          throw error;
        }),
      ),
    );
    const failed = ends.find((end) => end.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  } finally {
    await documents.close();
    await rm(workDir, { recursive: true, force: true });
  }
  return readings;
}
