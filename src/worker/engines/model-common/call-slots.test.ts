import { describe, expect, it } from "vitest";
import { createCallSlots } from "./call-slots.ts";

const held = () => {
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { gate, open: () => open() };
};
const never = new AbortController().signal;

describe("call slots", () => {
  it("run no more than their number, in the order asked", async () => {
    const slots = createCallSlots(2);
    const gates = [held(), held(), held(), held()];
    const order: number[] = [];
    let peak = 0;
    const calls = gates.map(({ gate }, at) =>
      slots.run(never, async () => {
        order.push(at);
        peak = Math.max(peak, slots.running);
        await gate;
      }),
    );
    for (const gate of gates) gate.open();
    await Promise.all(calls);
    expect(order).toEqual([0, 1, 2, 3]);
    expect(peak).toBe(2);
    expect(slots.running).toBe(0);
  });

  it("let a waiting call leave the row", async () => {
    const slots = createCallSlots(1);
    const first = held();
    const running = slots.run(never, () => first.gate);
    const leaver = new AbortController();
    let ran = false;
    const waiting = slots.run(leaver.signal, async () => {
      ran = true;
    });
    const last = slots.run(never, async () => "last");
    leaver.abort(new Error("no longer wanted"));
    await expect(waiting).rejects.toThrow("no longer wanted");
    first.open();
    await running;
    expect(await last).toBe("last");
    expect(ran).toBe(false);
    expect(slots.running).toBe(0);
  });

  it("are free again after a failure", async () => {
    const slots = createCallSlots(1);
    await expect(slots.run(never, () => Promise.reject(new Error("broke")))).rejects.toThrow();
    expect(await slots.run(never, async () => 1)).toBe(1);
  });
});
