import { afterEach, describe, expect, it } from "vitest";
import {
  latch,
  never,
  pictureQuestion,
  startEngine,
} from "../../../../test/support/ollama-engine.ts";
import type { EngineProgress } from "../engine.ts";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function started(...given: Parameters<typeof startEngine>) {
  const all = await startEngine(...given);
  stops.push(all.stop);
  const progress: EngineProgress[] = [];
  const load = (signal: AbortSignal = never) =>
    all.engine.load((step) => progress.push(step), signal);
  const notes = () => progress.map((step) => step.note);
  return { ...all, progress, notes, load };
}

describe("loading a model", () => {
  it("proves server, model, memory and sight before it is ready", async () => {
    const { engine, double, load, progress } = await started();
    await load();
    expect(progress.map((step) => step.phase)).toEqual(["loading", "loading", "canary"]);
    expect(progress[1]?.note).toBe("llava:13b loaded, 8.0 of 8.0 GB in GPU memory");
    expect(double.calls).toMatchObject({ version: 1, tags: 1, show: 1, ps: 1, loads: 1 });
    expect(await engine.healthy()).toEqual({ ok: true, detail: null });
    const answer = await engine.see(pictureQuestion(), never);
    expect(answer.value).toEqual({ title: "Slide 3" });
  });

  it("never asks for more context than the model has, and never loads it twice", async () => {
    const { engine, double, load } = await started();
    await load();
    await engine.see(pictureQuestion(), never);
    const sizes = double.calls.bodies.map((body) => (body.options as { num_ctx: number }).num_ctx);
    expect(sizes).toEqual([4096, 4096]);
    expect(double.calls.loads).toBe(1);
  });

  it("pulls a missing model and tells how far it is", async () => {
    const { double, load, progress, notes } = await started(
      { faults: { missingModel: true } },
      { pull: true },
    );
    await load();
    expect(progress[0]?.phase).toBe("pulling_model");
    expect(notes()).toContain("pulling llava:13b, 1.6 of 8.0 GB");
    expect(notes()).toContain("pulling llava:13b, 8.0 of 8.0 GB");
    const bytes = progress.flatMap((step) =>
      step.bytes ? [step.bytes.done / step.bytes.total] : [],
    );
    expect(bytes.filter((share) => share > 0)).toEqual([0.2, 0.5, 0.8, 1, 1, 1, 1]);
    expect(progress.at(-1)?.bytes ?? null).toBeNull();
    expect(double.calls.pull).toBe(1);
  });

  it("does not pull unless told to", async () => {
    const { double, load } = await started({ faults: { missingModel: true } });
    await expect(load()).rejects.toMatchObject({ code: "MODEL_NOT_FOUND" });
    expect(double.calls.pull).toBe(0);
  });

  it("names a model that no registry has", async () => {
    const { load } = await started({}, { model: "nothing:1b", pull: true });
    await expect(load()).rejects.toMatchObject({ code: "MODEL_NOT_FOUND" });
  });

  it("refuses a blind model for slides, by what it says of itself", async () => {
    const { double, load } = await started({ faults: { noVision: true } });
    await expect(load()).rejects.toMatchObject({ code: "MODEL_NOT_VISION" });
    expect(double.calls.loads).toBe(0);
  });

  it("refuses a model that is not shown its pictures, by the canary", async () => {
    const { load } = await started({ faults: { blind: true } });
    await expect(load()).rejects.toMatchObject({
      code: "MODEL_NOT_VISION",
      detail: 'It read "nothing" from a picture of 417.',
    });
  });

  it("takes a text model without vision", async () => {
    const { load } = await started({ faults: { noVision: true } }, { sees: false });
    await load();
  });

  it("says when the model runs on the CPU, and refuses it where a GPU is expected", async () => {
    const slow = await started({ gpu: false });
    await slow.load();
    expect(slow.notes()).toContain("llava:13b loaded, on the CPU: slow");
    const strict = await started({ gpu: false }, { requireGpu: true });
    await expect(strict.load()).rejects.toMatchObject({ code: "MODEL_LOAD_FAILED" });
  });

  it("reports a load that fails", async () => {
    const { load } = await started({ faults: { loadFails: true } });
    await expect(load()).rejects.toMatchObject({ code: "MODEL_LOAD_FAILED" });
  });

  it("waits longer for a load than for silence in an answer", async () => {
    const { load, double } = await started(
      { faults: { slowLoadMs: 400 } },
      { deadlines: { idleMs: 300, loadMs: 10_000 } },
    );
    await load();
    expect(double.calls.hungUp).toBe(0);
  });

  it("waits for a server that is still starting, a bounded number of times", async () => {
    const { double, load, pauses, notes } = await started({}, { serverTries: 3 });
    await double.stop();
    await expect(load()).rejects.toMatchObject({ code: "ENGINE_UNREACHABLE" });
    expect(pauses).toEqual([1_000, 1_000]);
    expect(notes()).toEqual(["waiting for the model server", "waiting for the model server"]);
  });

  it("stops loading when told to", async () => {
    const { double, load } = await started({ faults: { slowLoadMs: 60_000 } });
    const drain = new AbortController();
    const loading = load(drain.signal);
    await expect.poll(() => double.calls.loads).toBe(1);
    drain.abort(new Error("drained"));
    await expect(loading).rejects.toThrow("drained");
  });
});

describe("leaving", () => {
  it("gives the model an end, so that it does not stay in memory for ever", async () => {
    const { engine, double, load } = await started();
    await load();
    expect(double.calls.keepAlive).toBe(-1);
    await engine.close();
    await engine.close();
    expect(double.calls.keepAlive).toBe(300);
    expect(double.calls.loads).toBe(1);
  });

  it("gives back a model that failed its canary, and leaves alone one it never loaded", async () => {
    const blind = await started({ faults: { blind: true } });
    await expect(blind.load()).rejects.toThrow();
    await blind.engine.close();
    expect(blind.double.calls.keepAlive).toBe(300);
    const lacking = await started({ faults: { noVision: true } });
    await expect(lacking.load()).rejects.toThrow();
    await lacking.engine.close();
    expect(lacking.double.calls.keepAlive).toBeNull();
  });

  it("ends running calls, refuses new ones, and leaves no connection", async () => {
    const hold = latch();
    const { engine, double, load } = await started({
      hold: (prompt) => (prompt.includes("slide 3") ? hold.opened : Promise.resolve()),
    });
    await load();
    const running = engine.see(pictureQuestion(), never);
    const outcome = expect(running).rejects.toMatchObject({ code: "DRAINING" });
    await expect.poll(() => double.calls.running).toBe(1);
    await engine.close();
    await outcome;
    await expect(engine.see(pictureQuestion(), never)).rejects.toMatchObject({ code: "DRAINING" });
    await expect.poll(() => double.connections()).toBe(0);
    hold.open();
  });

  it("is quick when the server has gone", async () => {
    const { engine, double, load } = await started();
    await load();
    await double.stop();
    await engine.close();
    expect(await engine.healthy()).toMatchObject({ ok: false });
  });
});
