import { describe, expect, it } from "vitest";
import { lineFor, namesIn } from "./log-line.ts";

const owner = { pipeline: "p_1", leases: ["7-0", "7-1"] };
const line = (fields: object): string =>
  JSON.stringify({ level: "warn", name: "vision-1", ...fields });

it.each([
  ["plain words", "plain words"],
  ["{ no JSON", "{ no JSON"],
  [line({ msg: "loading", note: "llava" }), "warn loading note=llava"],
  [
    line({ msg: "task failed", lease: "7-1", code: "X", err: { code: "X" } }),
    'warn task failed code=X err={"code":"X"}',
  ],
  [line({ msg: "task started", pipeline: "p_1", lease: "7-9" }), "warn task started"],
  [line({ msg: "task started", pipeline: "p_2", lease: "7-2" }), null],
  [line({ msg: "task ended", lease: "7-2" }), null],
])("shows %j as %j", (given, shown) => {
  expect(lineFor(given, owner)).toBe(shown);
});

describe("a line that was cut off", () => {
  const cut = (fields: object) => line({ ...fields, err: { stack: "x".repeat(99) } }).slice(0, -20);
  const quoting = { detail: '{"lease":"7-1","pipeline":"p_1"}' };

  it("is shown to whom it is about, as it is, and hidden from all others", () => {
    const [own, others] = [cut({ lease: "7-1" }), cut({ pipeline: "p_2", lease: "7-2" })];
    expect(lineFor(own, owner)).toBe(own);
    expect(lineFor(others, owner)).toBeNull();
    expect(lineFor(cut({ lease: "7-2", err: quoting }), owner)).toBeNull();
    expect(lineFor('{"level":"warn","lease":"7-', owner)).toBeNull();
  });

  it("is shown where it is about nobody's work", () => {
    const loading = cut({ msg: "loading", ...quoting });
    expect(lineFor(loading, owner)).toBe(loading);
  });

  it("names the same as before it was cut", () => {
    expect(namesIn(cut({ lease: "7-2", pipeline: "p_2" }))).toEqual(["7-2", "p_2"]);
    expect(namesIn(line({ pipeline: "p_2", lease: "7-2" }))).toEqual(["7-2", "p_2"]);
    expect(namesIn('lease "7-2"')).toEqual([]);
  });
});

it("shows nobody's work to an owner that is not known", () => {
  const nobody = { pipeline: null, leases: [] };
  expect(lineFor(line({ msg: "task ended", lease: "7-2" }), nobody)).toBeNull();
});
