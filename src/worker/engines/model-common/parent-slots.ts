import { AppError } from "../../../errors/app-error.ts";
import { type CallSlots, createCallSlots } from "./call-slots.ts";

/** The channel to the process that started this one, as `process` offers it. */
export interface ParentChannel {
  readonly connected: boolean;
  on(event: "message", listener: (message: unknown) => void): unknown;
  on(event: "disconnect", listener: () => void): unknown;
  send?(
    message: object,
    handle: undefined,
    options: undefined,
    sent: (error: Error | null) => void,
  ): unknown;
}

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Calls that also need a slot of the parent, who shares them out among its containers. `count` bounds
 * those of this one alone. A call throws MODEL_BUSY, to be tried again, when the channel is lost
 * before its slot is granted.
 */
export function createParentSlots(channel: ParentChannel, count: number): CallSlots {
  const own = createCallSlots(count);
  const waiting = new Map<number, Waiting>();
  let asked = 0;
  const fail = (id: number): void => waiting.get(id)?.reject(lost());
  const tell = (kind: "slot.ask" | "slot.give", id: number): void => {
    if (!channel.connected) fail(id);
    else {
      channel.send?.({ kind, id }, undefined, undefined, (error) => {
        if (error !== null) fail(id);
      });
    }
  };
  channel.on("message", (message) => {
    const id = grantOf(message);
    if (id === null) return;
    const call = waiting.get(id);
    // Nobody waits for it any more: it came while its caller left.
    if (call === undefined) tell("slot.give", id);
    else call.resolve();
  });
  channel.on("disconnect", () => {
    for (const id of waiting.keys()) fail(id);
  });

  const enter = async (signal: AbortSignal): Promise<number> => {
    asked += 1;
    const id = asked;
    const leave = (): void => waiting.get(id)?.reject(signal.reason);
    signal.addEventListener("abort", leave, { once: true });
    try {
      await new Promise<void>((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        tell("slot.ask", id);
      });
      return id;
    } catch (error) {
      tell("slot.give", id);
      throw error;
    } finally {
      waiting.delete(id);
      signal.removeEventListener("abort", leave);
    }
  };
  return {
    get running() {
      return own.running;
    },
    run: (signal, work) =>
      own.run(signal, async () => {
        signal.throwIfAborted();
        const id = await enter(signal);
        try {
          return await work();
        } finally {
          tell("slot.give", id);
        }
      }),
  };
}

const lost = (): AppError => new AppError("MODEL_BUSY", "Whoever grants the calls is gone.");

function grantOf(message: unknown): number | null {
  if (typeof message !== "object" || message === null) return null;
  const { kind, id } = message as Record<string, unknown>;
  return kind === "slot.grant" && typeof id === "number" ? id : null;
}
