import { expect, it } from "vitest";
import { costsSearch, periodOf } from "./search.ts";

const now = Date.parse("2026-03-31T23:30:00Z");

it("keeps what is understood of an address, and leaves out the rest", () => {
  expect(costsSearch({ time: "last", by: "model", rate: "1.5", scale: "spend" })).toEqual({
    ...{ time: "last", by: "model", rate: 1.5, scale: "spend" },
  });
  expect(costsSearch({ time: "last", from: "2026-01-01" })).toEqual({ from: "2026-01-01" });
  expect(costsSearch({ from: "yesterday", to: "2026-13-01", by: "mood", rate: -1 })).toEqual({});
});

it("asks for the whole last month, in UTC", () => {
  expect(periodOf({ time: "last" }, now)).toEqual({ from: "2026-02-01", to: "2026-02-28" });
  expect(periodOf({}, now)).toEqual({});
  expect(periodOf({ from: "2026-03-01" }, now)).toEqual({ from: "2026-03-01" });
});
