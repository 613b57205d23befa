import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  badGateway,
  type Fault,
  noFunds,
  serverError,
  tooMany,
  unauthorized,
} from "../support/verda/faults.ts";
import { openVerda, type VerdaHarness } from "./verda-harness.ts";

const list = /^\/container-deployments$/;
const token = /^\/oauth2\/token$/;

describe("calls to verda", () => {
  let harness: VerdaHarness;
  beforeEach(async () => {
    harness = await openVerda({ tickMs: 0 });
  });
  afterEach(() => harness.close());
  const observe = () => harness.provider.observe();

  it("ask for one token when ten come at once", async () => {
    await Promise.all(Array.from({ length: 10 }, observe));
    expect(harness.stub.count("GET", list)).toBe(10);
    expect(harness.stub.count("POST", token)).toBe(1);
  });

  it("renew the token a minute before it ends", async () => {
    await observe();
    harness.advance(3_600_000 - 60_001);
    await observe();
    expect(harness.stub.count("POST", token)).toBe(1);
    harness.advance(1);
    await observe();
    expect(harness.stub.count("POST", token)).toBe(2);
  });

  it("get through with one new token when ten meet its end at once", async () => {
    await observe();
    harness.stub.troubles.tokensRefused = true;
    await Promise.all(Array.from({ length: 10 }, observe));
    expect(harness.stub.count("POST", token)).toBe(2);
  });

  it("repeat an order that a dead token kept from being done", async () => {
    const spec = harness.spec("text", 1);
    harness.stub.fail("POST", list, unauthorized);
    await harness.provider.apply(spec, "running");
    expect(harness.stub.deployments.size).toBe(1);
  });

  it("are refused when a new token is refused too", async () => {
    harness.stub.fail("GET", list, unauthorized, 2);
    await expect(observe()).rejects.toMatchObject({
      code: "PROVIDER_REFUSED",
      detail: expect.stringContaining("GET /container-deployments: 401 unauthorized_request"),
    });
    expect(harness.stub.count("GET", list)).toBe(2);
  });

  it("are refused with wrong credentials, and the error does not repeat them", async () => {
    const provider = harness.another({ clientSecret: "wrong-secret" });
    const error = await provider.observe().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "PROVIDER_REFUSED" });
    expect(String(error)).toContain("invalid_grant");
    expect(JSON.stringify(error) + String(error)).not.toContain("wrong-secret");
  });

  const answer = (status: number, body: unknown, headers = {}): Fault => ({
    kind: "answer",
    when: "before",
    status,
    body,
    headers,
  });
  it.each<[string, Fault, string]>([
    ["an empty balance", noFunds, "PROVIDER_NO_FUNDS"],
    ["a ban", answer(403, { code: "forbidden_action" }), "PROVIDER_REFUSED"],
    ["a wrong request", answer(400, { code: "invalid_request" }), "PROVIDER_REFUSED"],
    ["a conflict", answer(409, { code: "conflict" }), "PROVIDER_UNREACHABLE"],
    ["an error there", serverError("before"), "PROVIDER_UNREACHABLE"],
    ["a gateway that speaks HTML", badGateway, "PROVIDER_UNREACHABLE"],
    ["a cut connection", { kind: "reset", when: "before" }, "PROVIDER_UNREACHABLE"],
    ["silence", { kind: "hang", when: "before" }, "PROVIDER_UNREACHABLE"],
    ["HTML for an answer", answer(200, "<html></html>"), "PROVIDER_UNREACHABLE"],
    ["a list that is none", answer(200, { rows: [] }), "PROVIDER_UNREACHABLE"],
    ["another address", answer(302, "", { location: "/v1/secrets" }), "PROVIDER_UNREACHABLE"],
    ["a request to wait", tooMany(1), "PROVIDER_RATE_LIMITED"],
  ])("that meet %s say so", async (_, fault, code) => {
    harness.stub.fail("GET", list, fault);
    await expect(observe()).rejects.toMatchObject({
      code,
      detail: expect.stringMatching(/^GET \/container-deployments: ./),
    });
  });

  it("end at their deadline", async () => {
    await observe();
    // The stub ends silence for the harness; this one waits for its own deadline.
    const provider = harness.another({ callMs: 30, fetch: (url, init) => fetch(url, init) });
    harness.stub.fail("POST", token, { kind: "hang", when: "before" });
    await expect(provider.observe()).rejects.toMatchObject({
      code: "PROVIDER_UNREACHABLE",
      detail: "POST /oauth2/token: no answer (deadline passed)",
    });
  });

  it("say that nobody is there", async () => {
    const provider = harness.another({ apiUrl: "http://127.0.0.1:9/v1" });
    await expect(provider.observe()).rejects.toMatchObject({ code: "PROVIDER_UNREACHABLE" });
  });

  it.each([
    ["the seconds named", tooMany(30), 30_000],
    ["five seconds when none are", tooMany(null), 5_000],
  ])("keep quiet after a 429 for %s", async (_, fault, quietMs) => {
    harness.stub.fail("GET", list, fault);
    await expect(observe()).rejects.toMatchObject({ code: "PROVIDER_RATE_LIMITED" });
    harness.advance(quietMs - 1);
    const before = harness.stub.calls.length;
    const spec = harness.spec("text", 1);
    for (const call of [
      observe(),
      harness.provider.prices(),
      harness.provider.apply(spec, "running"),
    ]) {
      await expect(call).rejects.toMatchObject({ code: "PROVIDER_RATE_LIMITED" });
    }
    expect(harness.stub.calls.length).toBe(before);
    harness.advance(1);
    expect(await observe()).toEqual([]);
  });

  it("keep quiet until a date", async () => {
    const until = new Date(harness.nowMs() + 20_000).toUTCString();
    harness.stub.fail("GET", list, answer(429, "", { "retry-after": until }));
    await expect(observe()).rejects.toMatchObject({ code: "PROVIDER_RATE_LIMITED" });
    harness.advance(19_999);
    await expect(observe()).rejects.toMatchObject({ code: "PROVIDER_RATE_LIMITED" });
    harness.advance(1);
    expect(await observe()).toEqual([]);
  });

  it("show all or nothing", async () => {
    for (const replica of [1, 2]) {
      const spec = harness.spec("vision", replica);
      await harness.provider.apply(spec, "running");
      await harness.up(spec.name);
    }
    harness.stub.fail("GET", /vision-2\/replicas$/, serverError("before"));
    await expect(observe()).rejects.toMatchObject({ code: "PROVIDER_UNREACHABLE" });
    expect(await observe()).toHaveLength(2);
  });

  it("pass by what is not of our kind, however it looks", async () => {
    const rows = [
      { name: "comfyui", containers: "many" },
      { name: "pl-ours-vision-0", compute: 7 },
    ];
    harness.stub.fail("GET", list, answer(200, rows));
    expect(await observe()).toEqual([]);
  });

  it("ask for prices once a minute, and again when they failed", async () => {
    const { provider, stub } = harness;
    const types = /^\/container-types$/;
    stub.fail("GET", types, serverError("before"));
    await expect(provider.prices()).rejects.toMatchObject({ code: "PROVIDER_UNREACHABLE" });
    const [first, second] = await Promise.all([provider.prices(), provider.prices()]);
    expect(second).toEqual(first);
    expect(stub.count("GET", types)).toBe(2);
    harness.advance(60_000);
    await provider.prices();
    expect(stub.count("GET", types)).toBe(3);
    const unpriced = first.filter((price) => price.microUsdPerHour === "unpriced");
    expect(new Set(unpriced.map((price) => price.gpu))).toEqual(
      new Set(["A100 80GB", "RTX 6000 Ada"]),
    );
    expect(first.find((price) => price.gpu === "L40S" && price.spot)).toMatchObject({
      gpus: 1,
      microUsdPerHour: 750_000,
      isAvailable: true,
    });
  });
});
