import { describe, expect, it } from "vitest";
import { manualClock } from "../../lib/clock.ts";
import { createParked } from "./parked.ts";

const name = "pl-ours-text-1";

describe("parked deployments", () => {
  it("are looked at again after a minute, and once an order is given", async () => {
    const clock = manualClock();
    const parked = createParked(clock);
    parked.seen(name, parked.orders(name));
    clock.advance(59_999);
    expect(parked.has(name)).toBe(true);
    clock.advance(1);
    expect(parked.has(name)).toBe(false);
    await parked.during(name, async () => true);
    expect(parked.has(name)).toBe(true);
    await parked.during(name, async () => false);
    expect(parked.has(name)).toBe(false);
  });

  it("are not told by a look that an order overtook", async () => {
    const parked = createParked(manualClock());
    const before = parked.orders(name);
    let within = 0;
    await parked.during(name, async () => {
      within = parked.orders(name);
      return false;
    });
    parked.seen(name, before);
    parked.seen(name, within);
    expect(parked.has(name)).toBe(false);
  });

  it("are forgotten by an order that fails", async () => {
    const parked = createParked(manualClock());
    parked.seen(name, parked.orders(name));
    await expect(parked.during(name, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(parked.has(name)).toBe(false);
  });
});
