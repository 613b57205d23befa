import { expect, it } from "vitest";
import { lineFor } from "./log-line.ts";

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

it("shows nobody's work to an owner that is not known", () => {
  const nobody = { pipeline: null, leases: [] };
  expect(lineFor(line({ msg: "task ended", lease: "7-2" }), nobody)).toBeNull();
});
