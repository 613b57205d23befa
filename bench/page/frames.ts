import type { Page } from "playwright-core";
import { percentile } from "../queue/percentiles.ts";

export interface Frames {
  readonly frames: number;
  readonly perSecond: number;
  readonly p95Ms: number;
  readonly longestMs: number;
  /** Of the page's main thread on a processor, for one turn of the wheel: other work does not change it. */
  readonly workMsATurn: number;
}

const scrolledMs = 4000;
const everyMs = 40;

/** Each frame's time, from now until it is told to stop. */
const start = `(() => {
  const at = [];
  let id = 0;
  const note = (now) => { at.push(now); id = requestAnimationFrame(note); };
  id = requestAnimationFrame(note);
  window.stopFrames = () => { cancelAnimationFrame(id); return at; };
})()`;

/** The best of some tries: other work on the machine only ever takes frames away. */
export async function bestFrames(
  page: Page,
  place: { readonly x: number; readonly y: number },
  step: number,
): Promise<Frames> {
  let best: Frames | undefined;
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const frames = await scrollFrames(page, place, step);
    if (best === undefined || frames.perSecond > best.perSecond) best = frames;
  }
  if (best === undefined) throw new Error("Nothing was tried.");
  return best;
}
const tries = 3;

/** Turns the wheel for some seconds over a place of the page, there and back. @param step pixels a turn */
async function scrollFrames(
  page: Page,
  place: { readonly x: number; readonly y: number },
  step: number,
): Promise<Frames> {
  await page.mouse.move(place.x, place.y);
  await page.mouse.wheel(0, step);
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const workMs = async (): Promise<number> => {
    const { metrics } = await session.send("Performance.getMetrics");
    return 1000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN);
  };
  const workBefore = await workMs();
  await page.evaluate(start);
  let turns = 0;
  const startedMs = performance.now();
  while (performance.now() - startedMs < scrolledMs) {
    const isBack = performance.now() - startedMs > scrolledMs * 0.7;
    await page.mouse.wheel(0, isBack ? -step : step);
    turns += 1;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  const at = await page.evaluate<number[]>("window.stopFrames()");
  const workMsATurn = ((await workMs()) - workBefore) / turns;
  await session.detach();
  const gaps = at.slice(1).map((ms, index) => ms - (at[index] ?? ms));
  const seconds = ((at.at(-1) ?? 0) - (at[0] ?? 0)) / 1000;
  return {
    frames: gaps.length,
    perSecond: gaps.length / seconds,
    p95Ms: percentile(gaps, 0.95),
    longestMs: Math.max(...gaps),
    workMsATurn,
  };
}
