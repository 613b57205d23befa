import { EventEmitter } from "node:events";
import { beforeEach, expect, it } from "vitest";
import { manualClock } from "../lib/clock.ts";
import { Interrupted, listenForSignals } from "./interrupt.ts";

let source = new EventEmitter();
let clock = manualClock();
let exits: number[] = [];
const listen = () => listenForSignals(source, clock, (code) => exits.push(code));
const press = (signal: string): void => {
  source.emit(signal);
  clock.advance(2_000);
};
beforeEach(() => {
  source = new EventEmitter();
  clock = manualClock(50);
  exits = [];
});

it("the first signal asks, and says which one it was", () => {
  const { signal } = listen();
  expect(signal.aborted).toBe(false);
  press("SIGTERM");
  expect(signal.reason).toBeInstanceOf(Interrupted);
  expect((signal.reason as Interrupted).exitCode).toBe(143);
  expect(exits).toEqual([]);
});

it("the second hurries whoever is stopping, the third ends the process", () => {
  const interrupt = listen();
  let hurried = 0;
  interrupt.onAgain(() => {
    hurried += 1;
  });
  press("SIGINT");
  expect(hurried).toBe(0);
  press("SIGINT");
  expect([hurried, exits]).toEqual([1, []]);
  press("SIGINT");
  expect([hurried, exits]).toEqual([1, [130]]);
});

it("a second one ends the process when nothing can be hurried", () => {
  const leave = listen().onAgain(() => exits.push(-1));
  leave();
  press("SIGINT");
  press("SIGINT");
  expect(exits).toEqual([130]);
});

it("takes a Ctrl-C that arrives twice at once for one", () => {
  listen();
  source.emit("SIGINT");
  clock.advance(5);
  press("SIGINT");
  expect(exits).toEqual([]);
});
