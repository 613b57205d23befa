import { expect, it } from "vitest";
import type { Person } from "../confirm.ts";
import type { Context } from "../context.ts";
import { verify } from "./verify.ts";

const nobody: Person = { isThere: false, confirm: () => Promise.reject(new Error("asked")) };
/** Never looked at: the words decide first. */
const context = {} as Context;

it.each([
  ["modal", { spendAtMost: "2.00", yes: true }, "only verda can be verified"],
  ["verda", { spendAtMost: "two", yes: true }, "--spend-at-most must be dollars"],
  ["verda", { spendAtMost: "0", yes: true }, "--spend-at-most must be dollars"],
  ["verda", { spendAtMost: "1.005", yes: true }, "--spend-at-most must be dollars"],
  ["verda", { spendAtMost: "5000", yes: true }, "--spend-at-most must be dollars"],
  ["verda", { spendAtMost: "2", spot: true, onDemand: true }, "Give one of --spot and --on-demand"],
  ["verda", { spendAtMost: "2" }, "where nobody can answer, say --yes"],
])("refuses %s with %o", async (kind, options, detail) => {
  await expect(verify(context, kind, options, nobody)).rejects.toMatchObject({
    code: "USAGE",
    detail: expect.stringContaining(detail),
  });
});
