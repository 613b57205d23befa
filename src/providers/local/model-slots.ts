/** A child's end of the talk, as `ChildProcess` offers it. */
export interface SlotChild {
  on(event: "message", listener: (message: unknown) => void): unknown;
  on(event: "exit" | "disconnect", listener: () => void): unknown;
  send(message: SlotGrant, sent: (error: Error | null) => void): unknown;
}

interface SlotGrant {
  readonly kind: "slot.grant";
  readonly id: number;
}

interface Ask {
  readonly child: SlotChild;
  readonly id: number;
}

/**
 * Calls to one model server that several containers share: never more at once than it works on, in the
 * order they were asked for, whoever asks.
 */
export interface ModelSlots {
  /**
   * Hears `{kind: "slot.ask", id}` and `{kind: "slot.give", id}` from a child and answers
   * `{kind: "slot.grant", id}`. What it asked for or holds is free once its channel is gone.
   */
  serve(child: SlotChild): void;
}

/** @param count calls the server works on at once */
export function createModelSlots(count: number): ModelSlots {
  let waiting: Ask[] = [];
  let granted: Ask[] = [];

  const without = (asks: readonly Ask[], child: SlotChild, id?: number): Ask[] =>
    asks.filter((ask) => ask.child !== child || (id !== undefined && ask.id !== id));
  const leave = (child: SlotChild, id?: number): void => {
    waiting = without(waiting, child, id);
    granted = without(granted, child, id);
    grantNext();
  };
  const grantNext = (): void => {
    while (granted.length < count) {
      const next = waiting.shift();
      if (next === undefined) return;
      granted.push(next);
      next.child.send({ kind: "slot.grant", id: next.id }, (error) => {
        if (error !== null) leave(next.child, next.id);
      });
    }
  };
  const hear = (child: SlotChild, message: unknown): void => {
    const said = saidOf(message);
    if (said === null) return;
    // Asked anew under the same number: the older one is not waited for any more.
    leave(child, said.id);
    if (said.kind === "slot.give") return;
    waiting.push({ child, id: said.id });
    grantNext();
  };
  return {
    serve(child) {
      child.on("message", (message) => hear(child, message));
      child.on("exit", () => leave(child));
      child.on("disconnect", () => leave(child));
    },
  };
}

function saidOf(message: unknown): { kind: "slot.ask" | "slot.give"; id: number } | null {
  if (typeof message !== "object" || message === null) return null;
  const { kind, id } = message as Record<string, unknown>;
  if (kind !== "slot.ask" && kind !== "slot.give") return null;
  return Number.isSafeInteger(id) ? { kind, id: id as number } : null;
}
