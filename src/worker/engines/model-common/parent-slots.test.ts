import { EventEmitter, setMaxListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { gate } from "../../../../test/support/worker-parts.ts";
import { createModelSlots } from "../../../providers/local/model-slots.ts";
import { createParentSlots, type ParentChannel } from "./parent-slots.ts";

const never = new AbortController().signal;
setMaxListeners(0, never);

/** Both ends of a channel to a parent that shares out `count` calls; words arrive a little later. */
function channelTo(slots: ReturnType<typeof createModelSlots>) {
  const [here, there] = [new EventEmitter(), new EventEmitter()];
  const link = { connected: true };
  const pass = (to: EventEmitter, message: unknown, sent: (error: Error | null) => void): void => {
    setImmediate(() => {
      sent(link.connected ? null : new Error("closed"));
      if (link.connected) to.emit("message", message);
    });
  };
  const send = (message: unknown, sent: (error: Error | null) => void): void =>
    pass(here, message, sent);
  slots.serve(Object.assign(there, { send }));
  const channel: ParentChannel = {
    get connected() {
      return link.connected;
    },
    on: (event: string, listener: (message: unknown) => void) => here.on(event, listener),
    send: (message, _handle, _options, sent) => pass(there, message, sent),
  };
  const cut = (): void => {
    link.connected = false;
    here.emit("disconnect");
    there.emit("disconnect");
  };
  return { channel, cut };
}

describe("calls that a parent grants", () => {
  it("are never more at once than the parent shares out, over all its children", async () => {
    const slots = createModelSlots(2);
    const children = [1, 2, 3].map(() => createParentSlots(channelTo(slots).channel, 4));
    let [running, peak] = [0, 0];
    const call = (at: number) =>
      children[at % 3]?.run(never, async () => {
        running += 1;
        peak = Math.max(peak, running);
        await new Promise(setImmediate);
        running -= 1;
      });
    await Promise.all(Array.from({ length: 30 }, (_, at) => call(at)));
    expect([running, peak]).toEqual([0, 2]);
  });

  it("are also bounded by the container's own number", async () => {
    const parent = createParentSlots(channelTo(createModelSlots(9)).channel, 1);
    const go = gate();
    const first = parent.run(never, () => go.opened);
    let ran = false;
    const second = parent.run(never, async () => {
      ran = true;
    });
    await new Promise(setImmediate);
    expect([parent.running, ran]).toEqual([1, false]);
    go.open();
    await Promise.all([first, second]);
  });

  it("leave the row with their signal, also when the grant is on its way", async () => {
    const slots = createModelSlots(1);
    const [one, two] = [1, 2].map(() => createParentSlots(channelTo(slots).channel, 2));
    const go = gate();
    const holding = one?.run(never, () => go.opened);
    await new Promise(setImmediate);
    const leaver = new AbortController();
    const left = two?.run(leaver.signal, async () => "ran");
    leaver.abort(new Error("no longer wanted"));
    await expect(left).rejects.toThrow("no longer wanted");
    go.open();
    await holding;
    expect(await two?.run(never, async () => "next")).toBe("next");
  });

  it("fail so that they are tried again when the channel is lost, before and after", async () => {
    const slots = createModelSlots(1);
    const { channel, cut } = channelTo(slots);
    const parent = createParentSlots(channel, 3);
    const [begun, go] = [gate(), gate()];
    const running = parent.run(never, () => {
      begun.open();
      return go.opened;
    });
    await begun.opened;
    const waiting = parent.run(never, async () => undefined);
    const outcome = expect(waiting).rejects.toMatchObject({ code: "MODEL_BUSY" });
    cut();
    await outcome;
    go.open();
    await running;
    const later = parent.run(never, async () => undefined);
    await expect(later).rejects.toMatchObject({ code: "MODEL_BUSY" });
    // What it held is free for others.
    expect(await createParentSlots(channelTo(slots).channel, 1).run(never, async () => 1)).toBe(1);
  });
});
