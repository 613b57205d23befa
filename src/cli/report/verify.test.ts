import { expect, it } from "vitest";
import { AppError } from "../../errors/app-error.ts";
import { createNotebook } from "../../providers/verda/verify/questions.ts";
import { styleOf } from "../style.ts";
import { verifyText } from "./verify.ts";

const style = styleOf({ env: {}, isTty: false, colorWanted: false });

function report() {
  const notebook = createNotebook();
  notebook.settle("credentials", true, "a token was given");
  notebook.settle("max_zero", false, "400: must not be less than 1");
  notebook.settle("queue_load", [1, 3], "0.5 was refused");
  notebook.settle("stop_ms", 4_000, "the list was empty");
  notebook.settle("start_phases", { visibleMs: 0, runningMs: 93_000, healthyMs: null }, "looked");
  return {
    ...{ name: "pl-oursverify-check-1", machine: null, coldStartMs: null, spentMicroUsd: 760_000 },
    ...{ refused: null, error: null, left: null, notStored: null },
    findings: notebook.findings("not seen"),
  };
}

it("shows a verdict, the question and what it was seen by", () => {
  const lines = verifyText(report(), [], style).split("\n");
  expect(lines.slice(0, 2)).toEqual([
    "yes      Do the credentials work?",
    "         a token was given",
  ]);
  expect(lines).toContain("no       Is max_replica_count 0 accepted?");
  expect(lines).toContain("         1, 3 - 0.5 was refused");
  expect(lines).toContain("         4.0 s - the list was empty");
  expect(lines).toContain("         visible 0.0 s, running 1 min 33 s - looked");
  expect(lines).toContain("unknown  Is paused time charged?");
  expect(lines.slice(-3)).toEqual([
    "Nothing of this check is left.",
    "It cost at most $0.76.",
    "What is known is stored.",
  ]);
});

it("says what was another way before, but not that a time or a price has moved", () => {
  const measuredAt = new Date("2026-10-01T08:00:00Z");
  const before = [
    { provider: "verda", fact: "max_zero", value: true, measuredAt },
    { provider: "verda", fact: "stop_ms", value: 9_000, measuredAt },
    { provider: "verda", fact: "credentials", value: true, measuredAt },
  ];
  const text = verifyText(report(), before, style);
  expect(text.match(/it was/g)).toHaveLength(1);
  expect(text).toContain("On 2026-10-01 it was: true");
});

it("says what is left, and why it ended early", () => {
  const error = new AppError("PROVIDER_NO_FUNDS", "POST: 402");
  const ended = { ...report(), error, left: "it is still told of", notStored: "no database" };
  const text = verifyText(ended, [], style).replaceAll(/\s+/g, " ");
  expect(text).toContain("It ended early: The balance at the provider is used up. POST: 402");
  expect(text).toContain("Something is LEFT and may be paid for: it is still told of.");
  expect(text).toContain("Delete pl-oursverify-check-1 in the console.");
  expect(text).toContain("Nothing was stored: no database");
});
