import { describe, expect, it } from "vitest";
import { playScript, scriptBase } from "../../../../test/support/scripted-pools.ts";
import type { Policy } from "../decision.ts";
import { describePolicies, policyNamed, policyNames, tunedVariants } from "./registry.ts";

function policyOf(text: string): Policy {
  const choice = policyNamed(text, scriptBase);
  if ("problem" in choice) throw new Error(choice.problem);
  return choice.policy;
}

const stopOf = (text: string) =>
  playScript(
    policyOf(text),
    [
      { atMs: 100_000, pool: "text", waiting: 1, running: 0 },
      { atMs: 400_000, pool: "text", waiting: 0, running: 0 },
    ],
    { untilMs: 10_000_000 },
  ).steps.find(({ action }) => action === "stop")?.atMs;

describe("policyNamed", () => {
  it.each(policyNames)("makes %s of its name alone, and of its defaults written out", (name) => {
    const options = describePolicies().find((one) => one.name === name)?.options ?? [];
    const written = options.flatMap((one) =>
      one.default === null ? [] : [`${one.name}=${one.default}`],
    );
    const text = written.length === 0 ? name : `${name}:${written.join(",")}`;
    expect(policyOf(name).name).toBe(name);
    expect(policyOf(text).name).toBe(text);
    expect(stopOf(text)).toBe(stopOf(name));
  });

  it("gives a policy the options of its text", () => {
    expect(stopOf("keda")).toBe(720_000);
    expect(stopOf("keda:cooldown=10m")).toBe(1_020_000);
    expect(stopOf("reference")).toBe(1_000_000);
    expect(stopOf(" reference:vision-idle=1s, text-idle=90s ")).toBe(490_000);
  });

  it.each([
    ["", "No policy is named.", "reference, "],
    ["kda", 'There is no policy "kda".', "keda"],
    ["keda:", "An option of keda is empty.", "Its options are polling, cooldown"],
    ["keda:cool=3s", 'The policy keda has no option "cool".', "Its options are polling, cooldown"],
    ["keda:cooldown", '"cooldown" of the policy keda is no duration.', "with a unit"],
    ["keda:cooldown=900", '"cooldown=900" of the policy keda is no duration.', "with a unit"],
    ["keda:cooldown=9s=8s", '"cooldown=9s=8s" of the policy keda is no duration.', "with a unit"],
    ["keda:cooldown=9s,cooldown=8s", "The policy keda is given cooldown twice.", "Leave one"],
    ["keda:polling=0s", '"polling=0s" of the policy keda is too small.', "value is 1s."],
    ["keda:tolerance=1.5", '"tolerance=1.5" of the policy keda is no share.', "between 0 and 1"],
    ["always-on:text=-1", '"text=-1" of the policy always-on is no whole number.', "in digits"],
  ])("refuses %j with a next step", (text, problem, next) => {
    const choice = policyNamed(text, scriptBase);
    expect(choice).toMatchObject({ problem });
    expect(choice).toHaveProperty("next", expect.stringContaining(next));
  });

  it("knows every tuned variant that it names", () => {
    const variants = policyNames.flatMap((name) => tunedVariants(name));
    expect(variants.length).toBeGreaterThan(10);
    for (const text of variants) expect(policyOf(text).name).toBe(text);
    expect(tunedVariants("nothing")).toEqual([]);
  });
});
