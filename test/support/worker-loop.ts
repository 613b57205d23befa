import { systemClock } from "../../src/lib/clock.ts";
import { seededRandom } from "../../src/lib/random.ts";
import { attempt } from "../../src/worker/attempt.ts";
import { createControlClient } from "../../src/worker/control-client.ts";
import { createDocumentStore } from "../../src/worker/document-store.ts";
import { createSlots } from "../../src/worker/slots.ts";
import { createTaskLoop } from "../../src/worker/task-loop.ts";
import { createVisualResults } from "../../src/worker/visual-results.ts";
import type { ControlDouble } from "./control-double.ts";
import { fakePdf, patience, quiet, type TinyEngineOptions, tinyEngine } from "./worker-parts.ts";

export interface LoopOptions extends TinyEngineOptions {
  readonly slots?: number;
  readonly tellMs?: number;
}

/** A task loop on the double, with the tiny engine and the fake reader. */
export async function startLoop(
  control: ControlDouble,
  workDir: string,
  options: LoopOptions = {},
) {
  const life = new AbortController();
  const random = seededRandom(1);
  const client = createControlClient({
    url: control.url,
    registrationToken: "registration",
    describe: () => ({
      protocol: 1,
      bootId: "boot-0001",
      pool: "shared",
      replica: 1,
      containerId: null,
      features: [],
      limits: { slots: 2, maxConcurrentPipelines: 3 },
      coordinationUrl: null,
      engine: { name: "ollama", model: "tiny" },
      gpu: null,
      pid: null,
    }),
    onIdentity: () => undefined,
    life: life.signal,
    random,
    log: quiet,
    callMs: 5_000,
  });
  const engine = tinyEngine(options);
  const pdf = fakePdf();
  const documents = createDocumentStore({ workDir, openPdf: pdf.openPdf });
  const common = { control: client, clock: systemClock, random, log: quiet };
  const neighbours = { visionUrl: null, containerToken: null, ...patience };
  const visualResults = createVisualResults({ ...common, ...neighbours });
  const slots = createSlots(options.slots ?? 2);
  const held: (readonly string[])[] = [];
  const loop = createTaskLoop({
    ...common,
    slots,
    attempt: (lease, watch) =>
      attempt(lease, { ...common, engine, documents, visualResults, progressMs: 1 }, watch),
    onHeld: (leases) => held.push(leases),
    flushMs: 300,
    ...(options.tellMs === undefined ? {} : { tellMs: options.tellMs }),
  });
  const end = async (): Promise<void> => {
    loop.abort();
    await slots.idle();
    life.abort();
    await documents.close();
  };
  await client.register(life.signal);
  loop.start();
  return { loop, engine, pdf, held, client, end };
}
