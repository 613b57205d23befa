import type { Page } from "playwright-core";
import { percentile } from "../queue/percentiles.ts";

export interface Frames {
  readonly frames: number;
  readonly perSecond: number;
  readonly p95Ms: number;
  readonly longestMs: number;
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

/** Turns the wheel for some seconds over a place of the page, there and back. @param step pixels a turn */
export async function scrollFrames(
  page: Page,
  place: { readonly x: number; readonly y: number },
  step: number,
): Promise<Frames> {
  await page.mouse.move(place.x, place.y);
  await page.mouse.wheel(0, step);
  await page.evaluate(start);
  const startedMs = performance.now();
  while (performance.now() - startedMs < scrolledMs) {
    const isBack = performance.now() - startedMs > scrolledMs * 0.7;
    await page.mouse.wheel(0, isBack ? -step : step);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  const at = await page.evaluate<number[]>("window.stopFrames()");
  const gaps = at.slice(1).map((ms, index) => ms - (at[index] ?? ms));
  const seconds = ((at.at(-1) ?? 0) - (at[0] ?? 0)) / 1000;
  return {
    frames: gaps.length,
    perSecond: gaps.length / seconds,
    p95Ms: percentile(gaps, 0.95),
    longestMs: Math.max(...gaps),
  };
}
