import { afterEach, describe, expect, it } from "vitest";
import { type Checking, openChecking } from "../../../../test/support/verda/checking.ts";
import { noFunds, serverError } from "../../../../test/support/verda/faults.ts";
import {
  firstSwitches,
  only,
  secondSwitches,
  switchNames,
  type VerdaSwitch,
} from "../../../../test/support/verda/switches.ts";
import type { Fact, FactValue } from "./questions.ts";
import type { VerifyReport } from "./verify.ts";

let checking: Checking;
afterEach(() => checking.stub.close());

const factOf = ({ findings }: VerifyReport, fact: Fact) =>
  findings.find((one) => one.fact === fact);

const nothingIsLeft = ({ stub }: Checking): void => {
  expect([...stub.deployments.keys()]).toEqual([]);
  expect([...stub.secrets.keys()]).toEqual([]);
  expect(stub.bill.filter(({ endedAtMs }) => endedAtMs === null)).toEqual([]);
};

/** What the check must find out about each switch: under its first setting, under its second. */
const verdicts: Record<VerdaSwitch, readonly [Fact, FactValue, FactValue]> = {
  createAnswers: ["create_status", 201, 200],
  deleteAnswers: ["delete_status", 204, 200],
  orderAnswers: ["order_status", 204, 200],
  maxZero: ["max_zero", false, true],
  pause: ["pause_drains", true, false],
  // Nobody pauses for long enough to see it.
  pausedTime: ["paused_time", null, null],
  nameTaken: ["conflict_status", 409, 400],
  envShape: ["env_shape", "grouped", "flat"],
  envInGet: ["env_in_get", true, false],
  scalingInGet: ["scaling_in_get", true, false],
  imageShape: ["image_shape", "object", "text"],
  statusWords: [
    "replica_words",
    ["initializing", "running", "terminating"],
    ["running", "scheduled", "terminating"],
  ],
  queueLoad: ["queue_load", [1, 3], [0.5, 1]],
  extras: ["cached_image", false, true],
  machineChange: ["machine_change", true, false],
  numbers: ["numbers", "numbers", "text"],
  noCapacity: ["no_capacity", "quota_reached", "503"],
  rounding: ["rounding", "replica", "account"],
  balance: ["rounding", null, "replica"],
  tokenLife: ["token_seconds", 3600, 600],
  deleteWaits: ["delete_at_once", false, true],
};

describe.each(switchNames)("the verdict about %s", (name) => {
  const [fact, ...values] = verdicts[name];
  it.each([
    [firstSwitches[name], firstSwitches, values[0]],
    [secondSwitches[name], only(name), values[1]],
  ])("follows the setting %s", async (_, switches, value) => {
    // Only a balance shows how the bill is rounded.
    const told = name === "rounding" ? ({ ...switches, balance: "told" } as const) : switches;
    checking = await openChecking({ switches: told });
    if (name === "noCapacity") checking.stub.setCapacity("L40S", 1, 0);
    const report = await checking.verify();
    const found = factOf(report, fact);
    expect(found?.value).toEqual(value);
    expect(found?.verdict === "unknown").toBe(value === null);
    expect(report.left).toBeNull();
    nothingIsLeft(checking);
  });
});

describe("a check of verda", () => {
  it("asks every question and measures what the clock says", async () => {
    checking = await openChecking({ switches: secondSwitches });
    const report = await checking.verify();
    expect([report.error, report.refused, report.left]).toEqual([null, null, null]);
    expect(factOf(report, "start_phases")?.value).toMatchObject({
      visibleMs: 0,
      runningMs: 30_000,
    });
    expect(factOf(report, "deployment_words")?.evidence).toContain("warming_up");
    expect(factOf(report, "stop_ms")?.value).toBe(4_000);
    expect(factOf(report, "grace_ms")?.value).toBe(20_000);
    expect(factOf(report, "sigterm")).toMatchObject({ verdict: "yes" });
    expect(report.coldStartMs).toBe(30_000);
    const open = report.findings.filter(({ verdict }) => verdict === "unknown");
    expect(open.map(({ fact }) => fact)).toEqual(["no_capacity", "paused_time", "speed"]);
  });

  it("says what it costs before it spends, and starts one replica at a time", async () => {
    checking = await openChecking();
    const { machine, spentMicroUsd } = await checking.verify();
    expect(checking.plans).toHaveLength(1);
    expect(checking.plans[0]).toContain(
      "This will cost at most $1.78: one replica, pl-oursverify-check-1",
    );
    expect(machine).toEqual({ gpu: "L40S", gpus: 1, region: null, spot: false });
    expect(checking.stub.bill).toHaveLength(3);
    const ends = checking.stub.bill.map(({ endedAtMs }) => endedAtMs ?? 0);
    for (const [index, { startedAtMs }] of checking.stub.bill.entries()) {
      expect(startedAtMs).toBeGreaterThanOrEqual(ends[index - 1] ?? 0);
    }
    const paidUsd = (checking.stub.paidMs() / 3_600_000) * 1.51;
    expect(spentMicroUsd / 1_000_000).toBeGreaterThan(paidUsd);
    expect(spentMicroUsd).toBeLessThanOrEqual(1_780_000);
  });

  it("starts nothing for less than the first step may cost", async () => {
    checking = await openChecking();
    const report = await checking.verify({ limitMicroUsd: 750_000 });
    expect(report.refused).toBe(
      "Nothing was started: to start the image, then scale to 0 on L40S at $1.51 an hour, it may cost $0.76, and $0.75 is the most.",
    );
    expect(checking.stub.bill).toEqual([]);
    expect(checking.stub.count("POST", /container-deployments/)).toBe(0);
    expect(factOf(report, "token_seconds")?.value).toBe(3_600);
  });

  it("leaves the later questions open when the money ends", async () => {
    checking = await openChecking();
    const report = await checking.verify({ limitMicroUsd: 800_000 });
    expect(report.error).toBeNull();
    expect(checking.stub.bill).toHaveLength(1);
    expect(factOf(report, "stop_ms")?.verdict).toBe("value");
    expect(factOf(report, "pause_drains")?.evidence).toBe(
      "not asked: it may cost $0.51, and $0.29 are left of $0.80",
    );
    expect(factOf(report, "machine_change")?.value).toBe(true);
    nothingIsLeft(checking);
  });

  it("starts nothing when nobody agrees", async () => {
    checking = await openChecking();
    const report = await checking.verify({ confirm: async () => false });
    expect(report.refused).toBe("Nothing was started.");
    expect(checking.stub.bill).toEqual([]);
  });

  it("names credentials that are refused", async () => {
    checking = await openChecking({ clientSecret: "another" });
    const { stub } = checking;
    stub.fail("POST", /token$/, { kind: "answer", when: "before", status: 401, body: {} });
    const report = await checking.verify();
    expect(factOf(report, "credentials")).toMatchObject({ verdict: "no" });
    expect(report.error).toMatchObject({ code: "PROVIDER_REFUSED" });
  });
});

describe("whatever happens to a check of verda, nothing is left", () => {
  it.each([1, 10, 25, 60])("after a signal at look %i", async (looks) => {
    const interrupt = new AbortController();
    checking = await openChecking();
    const { stub } = checking;
    const reached = stub.until(() => stub.count("GET", /replicas$/) >= looks);
    void reached.then(() => interrupt.abort(new Error("Ctrl-C")));
    const report = await checking.verify({ signal: interrupt.signal });
    expect(report.error).toMatchObject({ message: "Ctrl-C" });
    expect(report.left).toBeNull();
    nothingIsLeft(checking);
  });

  it("after a create that answered 500", async () => {
    checking = await openChecking();
    checking.stub.fail("POST", /container-deployments$/, serverError("after"));
    const report = await checking.verify();
    expect(report.error).toBeNull();
    expect(factOf(report, "create_status")?.value).toBe(500);
    nothingIsLeft(checking);
  });

  it("when an order to let go is refused", async () => {
    checking = await openChecking();
    checking.stub.fail("PATCH", /scaling$/, noFunds, 1);
    const report = await checking.verify();
    expect(report.left).toBeNull();
    nothingIsLeft(checking);
  });

  it("when calls fail while it is taken back", async () => {
    checking = await openChecking();
    const { stub } = checking;
    const confirm = async () => {
      stub.fail("DELETE", /check-1$/, serverError("before"), 3);
      stub.fail("DELETE", /secrets/, serverError("before"), 2);
      return true;
    };
    expect((await checking.verify({ confirm })).left).toBeNull();
    nothingIsLeft(checking);
  });

  it("when a container keeps dying", async () => {
    checking = await openChecking();
    const { stub } = checking;
    const name = "pl-oursverify-check-1";
    const report = checking.verify();
    await stub.until(() => stub.count("GET", /replicas$/) >= 3);
    stub.crash(name);
    expect((await report).error).toMatchObject({ code: "REPLICA_START_FAILED" });
    expect(stub.bill).toHaveLength(2);
    nothingIsLeft(checking);
  });

  it("says what is left when it cannot be taken back", async () => {
    checking = await openChecking();
    const { stub } = checking;
    stub.fail("DELETE", /check-1$/, serverError("before"), 1_000);
    const report = await checking.verify();
    expect(report.left).toContain("DELETE /container-deployments/pl-oursverify-check-1: 500");
    // It is paused at least, so it costs nothing.
    expect(stub.bill.filter(({ endedAtMs }) => endedAtMs === null)).toEqual([]);
    stub.calm();
  });

  it("of an earlier check either", async () => {
    checking = await openChecking();
    checking.stub.fail("DELETE", /check-1$/, serverError("before"), 66);
    expect((await checking.verify()).left).not.toBeNull();
    const again = await checking.verify();
    expect(checking.said.join("\n")).toContain(
      "An earlier check left pl-oursverify-check-1 behind",
    );
    expect([again.error, again.left]).toEqual([null, null]);
    nothingIsLeft(checking);
  });
});
