import { expect, it } from "vitest";
import { periodOf } from "./period.ts";

const now = Date.parse("2026-03-01T00:30:00Z");

it.each([
  ["today", "2026-03-01", "2026-03-01"],
  ["Yesterday", "2026-02-28", "2026-02-28"],
  ["this month", "2026-03-01", "2026-03-01"],
  ["last month", "2026-02-01", "2026-02-28"],
  ["last 7 days", "2026-02-23", "2026-03-01"],
  ["2026-01", "2026-01-01", "2026-01-31"],
  ["2026-01-15", "2026-01-15", "2026-01-15"],
  ["2026-01-15..2026-02-02", "2026-01-15", "2026-02-02"],
])("hears %s", (text, from, to) => {
  expect(periodOf(text, now)).toEqual({ from, to });
});

it.each(["", "soon", "2026-13", "2026-02-02..2026-01-15", "last 0 days", "2026-1-1"])(
  "refuses %j",
  (text) => {
    expect(() => periodOf(text, now)).toThrow("--for must be a time");
  },
);
