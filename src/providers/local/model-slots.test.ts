import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import { createModelSlots, type SlotChild } from "./model-slots.ts";

interface FakeChild extends SlotChild {
  emit(event: string, message?: unknown): boolean;
}

/** A child that writes down what it is granted; `fails` makes its channel refuse the next words. */
function childOf(name: string, granted: string[], fails = false): FakeChild {
  const events = new EventEmitter();
  return Object.assign(events, {
    send: (message: { id: number }, sent: (error: Error | null) => void) => {
      if (!fails) granted.push(`${name}${message.id}`);
      sent(fails ? new Error("channel closed") : null);
    },
  });
}

function served(count: number, names: readonly string[]) {
  const granted: string[] = [];
  const slots = createModelSlots(count);
  const children = names.map((name) => childOf(name, granted));
  for (const child of children) slots.serve(child);
  const tell = (at: number, kind: string, id: number) =>
    children[at]?.emit("message", { kind: `slot.${kind}`, id });
  return { granted, slots, children, tell };
}

describe("slots of a shared model server", () => {
  it("go to whoever asked first, whichever child it was", () => {
    const { granted, tell } = served(1, ["a", "b"]);
    tell(0, "ask", 1);
    tell(1, "ask", 1);
    tell(0, "ask", 2);
    tell(1, "ask", 2);
    for (const [child, id] of [
      [0, 1],
      [1, 1],
      [0, 2],
    ] as const)
      tell(child, "give", id);
    expect(granted).toEqual(["a1", "b1", "a2", "b2"]);
  });

  it("are passed on when a waiting call is withdrawn", () => {
    const { granted, tell } = served(1, ["a", "b"]);
    tell(0, "ask", 1);
    tell(1, "ask", 1);
    tell(0, "ask", 2);
    tell(1, "give", 1);
    tell(0, "give", 1);
    expect(granted).toEqual(["a1", "a2"]);
  });

  it("are free again once a child is gone, however often that is said", () => {
    const { granted, children, tell } = served(2, ["a", "b"]);
    tell(0, "ask", 1);
    tell(0, "ask", 2);
    tell(0, "ask", 3);
    for (const id of [1, 2, 3]) tell(1, "ask", id);
    children[0]?.emit("disconnect");
    children[0]?.emit("exit");
    expect(granted).toEqual(["a1", "a2", "b1", "b2"]);
  });

  it("are not lost on a child that cannot be reached", () => {
    const { granted, slots, tell } = served(1, ["a"]);
    const deaf = childOf("deaf", granted, true);
    slots.serve(deaf);
    tell(0, "ask", 1);
    deaf.emit("message", { kind: "slot.ask", id: 1 });
    tell(0, "ask", 2);
    tell(0, "give", 1);
    expect(granted).toEqual(["a1", "a2"]);
  });

  it("are given for no other word", () => {
    const { granted, children } = served(1, ["a"]);
    for (const word of [null, "slot.ask", { kind: "slot.ask" }, { kind: "slot.take", id: 1 }]) {
      children[0]?.emit("message", word);
    }
    expect(granted).toEqual([]);
  });
});
