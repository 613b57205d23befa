import { expect, it } from "vitest";
import { serverBill } from "./server-bill.ts";

it("counts days until the bill, and the part of the month they are", () => {
  expect(serverBill("2026-12-01", "2026-11-26", 800_000_000)).toEqual({
    ...{ daysLeft: 5, paidAheadMicroUsd: 133_333_333 },
  });
  expect(serverBill("2026-03-31", "2026-03-03", 310)).toEqual({
    daysLeft: 28,
    paidAheadMicroUsd: 280,
  });
});

it("is nothing ahead on the day itself, at most a month, and null afterwards", () => {
  expect(serverBill("2026-12-01", "2026-12-01", 800)).toEqual({
    daysLeft: 0,
    paidAheadMicroUsd: 0,
  });
  expect(serverBill("2027-02-01", "2026-11-26", 800)?.paidAheadMicroUsd).toBe(800);
  expect(serverBill("2026-11-25", "2026-11-26", 800)).toBeNull();
});
