import { expect, it } from "vitest";
import type { Outcome, Settlement } from "../contract/worker-protocol.ts";
import { AppError } from "../errors/app-error.ts";
import { createOutbox, type Parcel } from "./outbox.ts";

const tooLarge = new AppError("BAD_REQUEST", "HTTP 413");

const done: Outcome = {
  kind: "done",
  result: {},
  gaps: [],
  applicable: true,
  reason: null,
  engine: { name: "ollama", model: "tiny" },
};
const settlementOf = (lease: string, outcome: Outcome = done): Settlement => ({ lease, outcome });

const leasesOf = (parcels: readonly Parcel[]): string[] =>
  parcels.map(({ settlement }) => settlement.lease);

function outboxOf(...leases: string[]) {
  const outbox = createOutbox();
  for (const lease of leases) outbox.add(settlementOf(lease));
  return outbox;
}

it("gives all that waits at once, and again what did not arrive", () => {
  const outbox = outboxOf("1-1", "1-2");
  const sent = outbox.take();
  expect(leasesOf(sent)).toEqual(["1-1", "1-2"]);
  expect(outbox.isEmpty()).toBe(true);
  outbox.add(settlementOf("1-3"));
  outbox.putBack(sent);
  expect(leasesOf(outbox.take())).toEqual(["1-1", "1-2", "1-3"]);
});

it("sends those that were refused together one by one, also after a fault on the way", () => {
  const outbox = outboxOf("1-1", "1-2");
  expect(outbox.refuse(outbox.take(), tooLarge)).toEqual([]);
  outbox.add(settlementOf("1-3"));
  const first = outbox.take();
  expect(leasesOf(first)).toEqual(["1-1"]);
  outbox.putBack(first);
  expect([1, 2, 3].map(() => leasesOf(outbox.take()))).toEqual([["1-1"], ["1-2"], ["1-3"]]);
});

it("tells once, in place of a result that is refused by itself, that it was, and then gives it up", () => {
  const outbox = outboxOf("1-1");
  expect(outbox.refuse(outbox.take(), tooLarge)).toEqual([]);
  const said = outbox.take();
  expect(said.map(({ settlement }) => settlement)).toEqual([
    settlementOf("1-1", {
      kind: "failed",
      code: "MODEL_OUTPUT_INVALID",
      detail: "The result was refused on its way to the control plane (BAD_REQUEST: HTTP 413).",
    }),
  ]);
  expect(leasesOf(outbox.refuse(said, tooLarge))).toEqual(["1-1"]);
  expect(outbox.isEmpty()).toBe(true);
});

it("makes no failure of a lease that is given back", () => {
  const outbox = createOutbox();
  outbox.add(settlementOf("1-1", { kind: "released" }));
  expect(leasesOf(outbox.refuse(outbox.take(), tooLarge))).toEqual(["1-1"]);
  expect(outbox.isEmpty()).toBe(true);
});
