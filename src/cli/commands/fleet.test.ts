import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import {
  accuracyView,
  decisionView,
  fleetView,
  replicaView,
} from "../../../test/support/fleet-view.ts";
import { AppError, problemOf } from "../../errors/app-error.ts";
import { manualClock } from "../../lib/clock.ts";
import type { Person } from "../confirm.ts";
import type { Context } from "../context.ts";
import { fleetAccuracy } from "./fleet-accuracy.ts";
import { fleetDecisions } from "./fleet-decisions.ts";
import { fleetLs } from "./fleet-ls.ts";
import { fleetOrder } from "./fleet-order.ts";
import { fleetStart } from "./fleet-start.ts";
import { fleetStop } from "./fleet-stop.ts";

interface Asked {
  readonly call: string;
  readonly body: unknown;
}
type Answer = (path: string) => object;

/** Runs a command against a server that gives these answers; a thrown one becomes a problem. */
async function run(command: (context: Context) => Promise<number>, answer: Answer, json = false) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    const body: unknown = text === "" ? null : JSON.parse(text);
    asked.push({ call: `${request.method} ${request.url}`, body });
    let [status, value]: [number, object] = [200, {}];
    try {
      value = answer(request.url ?? "");
    } catch (error) {
      const problem = problemOf(error as AppError);
      [status, value] = [problem.status, problem];
    }
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const lines: string[] = [];
  const style = { colors: { dim: String, bold: String, green: String }, unicode: true };
  const output = {
    ...{ json, style, stdoutIsTty: false },
    data: (text: string) => lines.push(text),
    object: (type: string, value: object) => lines.push(JSON.stringify({ type, ...value })),
    say: (line: string) => lines.push(line),
  };
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const interrupt = { signal: new AbortController().signal };
  const clock = manualClock(Date.parse("2026-11-23T12:07:20.000Z"));
  const flags = { url, utc: true };
  const context = { output, interrupt, clock, flags, env: {} } as unknown as Context;
  try {
    return { code: await command(context), asked, lines };
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const done = () => ({ changed: true, sentence: "vision-2 is started and kept for 30 min." });

it("shows the fleet, and the whole answer as JSON", async () => {
  const newer = { ...fleetView(), weather: "fine" };
  const plain = await run(
    (context) => fleetLs(context, {}),
    () => newer,
  );
  expect([plain.code, plain.asked]).toEqual([0, [{ call: "GET /api/fleet", body: null }]]);
  expect(plain.lines[0]).toContain("vision-1 ready");
  const json = await run(
    (context) => fleetLs(context, {}),
    () => newer,
    true,
  );
  expect(JSON.parse(json.lines[0] ?? "")).toEqual({ type: "fleet", ...newer });
});

it("names what is wrong with the answer of another version", async () => {
  const { machine: _, ...old } = replicaView();
  const asked = run(
    (context) => fleetLs(context, {}),
    () => ({ ...fleetView(), replicas: [old] }),
  );
  await expect(asked).rejects.toMatchObject({
    code: "SERVER_OTHER_VERSION",
    detail: expect.stringContaining("replicas.0.machine"),
  });
});

it("tells how well starts were foreseen over a time, and the whole answer as JSON", async () => {
  const plain = await run(
    (context) => fleetAccuracy(context, { since: "24h" }),
    () => accuracyView(),
  );
  expect(plain.asked.map(({ call }) => call)).toEqual([
    "GET /api/fleet/accuracy?sinceSeconds=86400",
  ]);
  expect(plain.lines[0]).toContain("92.3 % (81.8 % to 97.0 %) of 52 documents");
  const json = await run(
    (context) => fleetAccuracy(context, { since: "7d" }),
    () => accuracyView(),
    true,
  );
  expect(JSON.parse(json.lines[0] ?? "")).toEqual({ type: "accuracy", ...accuracyView() });
});

it.each(["30s", "32d", "yesterday"])("refuses --since %s before it asks anybody", async (since) => {
  const asked = run(
    (context) => fleetAccuracy(context, { since }),
    () => accuracyView(),
  );
  await expect(asked).rejects.toMatchObject({ code: "USAGE" });
});

it.each([
  ["30m unless told", {}, {}],
  ["as long as told", { for: "2h", reason: "demo" }, { forSeconds: 7200, reason: "demo" }],
  ["for good", { keep: true }, { forSeconds: null }],
])("starts one more, kept %s", async (_title, options, body) => {
  const { asked, lines } = await run((context) => fleetStart(context, "vision", options), done);
  expect(asked).toEqual([{ call: "POST /api/fleet/pools/vision/start", body }]);
  expect(lines).toEqual(["vision-2 is started and kept for 30 min."]);
});

it.each([{ for: "30s" }, { for: "8d" }, { for: "soon" }, { for: "1h", keep: true }])(
  "refuses to start with %o before it asks anybody",
  async (options) => {
    const asked = run((context) => fleetStart(context, "vision", options), done);
    await expect(asked).rejects.toMatchObject({ code: "USAGE" });
  },
);

it("hands a refusal of the server on", async () => {
  const refuse = () => {
    throw new AppError("FLEET_CEILING", "8 of 8 replicas run.");
  };
  const asked = run((context) => fleetStart(context, "vision", {}), refuse);
  await expect(asked).rejects.toMatchObject({ code: "FLEET_CEILING" });
});

it.each([
  ["pause", "vision", "POST /api/fleet/pools/vision/pause"],
  ["resume", "vision", "POST /api/fleet/pools/vision/resume"],
  ["drain", "../vision 1", "POST /api/fleet/replicas/..%2Fvision%201/drain"],
] as const)("%s goes to its own address with its reason", async (kind, target, call) => {
  const options = { reason: "new driver" };
  const order = (context: Context) => fleetOrder(context, kind, target, options);
  const { asked, lines } = await run(order, done, true);
  expect(asked).toEqual([{ call, body: { reason: "new driver" } }]);
  expect(JSON.parse(lines[0] ?? "")).toEqual({ type: "order", ...done() });
});

const person = (answer: boolean): Person & { questions: string[] } => {
  const questions: string[] = [];
  return {
    questions,
    isThere: true,
    confirm: async (question) => {
      questions.push(question);
      return answer;
    },
  };
};
const nobody: Person = { isThere: false, confirm: () => Promise.reject(new Error("asked")) };
const fleetOrDone: Answer = (path) => (path === "/api/fleet" ? fleetView() : done());

it("stops after a yes, having said what goes back", async () => {
  const yes = person(true);
  const { code, asked } = await run((c) => fleetStop(c, "vision-1", {}, yes), fleetOrDone);
  expect(code).toBe(0);
  expect(asked.map(({ call }) => call)).toEqual([
    "GET /api/fleet",
    "POST /api/fleet/replicas/vision-1/stop",
  ]);
  expect(yes.questions).toEqual([
    "vision-1 works on 1 task; it goes back and is done elsewhere. To let it finish: pilotlight fleet drain vision-1. Stop it now?",
  ]);
});

it("leaves a replica alone after a no", async () => {
  const { code, asked, lines } = await run(
    (context) => fleetStop(context, "vision-1", {}, person(false)),
    fleetOrDone,
  );
  expect([code, asked.length, lines]).toEqual([9, 1, ["vision-1 was left as it is."]]);
});

it("with --yes nobody is asked; without a terminal it must be said", async () => {
  const stop = (yes: boolean) =>
    run((context) => fleetStop(context, "vision-1", { yes }, nobody), fleetOrDone);
  expect((await stop(true)).asked).toEqual([
    { call: "POST /api/fleet/replicas/vision-1/stop", body: {} },
  ]);
  await expect(stop(false)).rejects.toMatchObject({ code: "USAGE" });
});

it("asks nobody about a replica that does not exist", async () => {
  const yes = person(true);
  const stopped = run((context) => fleetStop(context, "vision-9", {}, yes), fleetOrDone);
  await expect(stopped).rejects.toMatchObject({ code: "REPLICA_NOT_FOUND" });
  expect(yes.questions).toEqual([]);
});

it("takes decisions page by page until there are enough", async () => {
  const answer: Answer = (path) => {
    const before = Number(new URL(path, "http://a").searchParams.get("before") ?? 1201);
    const limit = Number(new URL(path, "http://a").searchParams.get("limit"));
    const ids = Array.from({ length: limit }, (_, index) => before - 1 - index);
    return { decisions: ids.map((id) => decisionView({ id })), nextBefore: before - limit };
  };
  const options = { limit: "700", pool: "vision" };
  const { asked, lines } = await run((context) => fleetDecisions(context, options), answer, true);
  expect(asked.map(({ call }) => call)).toEqual([
    "GET /api/fleet/decisions?pool=vision&limit=500",
    "GET /api/fleet/decisions?pool=vision&before=701&limit=200",
  ]);
  const { decisions, nextBefore } = JSON.parse(lines[0] ?? "");
  expect([decisions.length, decisions.at(-1).id, nextBefore]).toEqual([700, 501, 501]);
});

it("an empty list of decisions is no failure", async () => {
  const empty = { decisions: [], nextBefore: null };
  const list = (context: Context) => fleetDecisions(context, { limit: "20" });
  expect(await run(list, () => empty)).toMatchObject({ code: 0, lines: ["No decisions."] });
});

it("finds one decision by its number, and says when there is none", async () => {
  const answer = () => ({ decisions: [decisionView()], nextBefore: 412 });
  const why = (id: string) =>
    run((context) => fleetDecisions(context, { limit: "20", why: id }), answer);
  const { asked, lines } = await why("412");
  expect(asked.map(({ call }) => call)).toEqual(["GET /api/fleet/decisions?limit=1&before=413"]);
  expect(lines[0]).toContain("Decision 412");
  await expect(why("413")).rejects.toMatchObject({ code: "USAGE" });
  await expect(why("last")).rejects.toMatchObject({ code: "USAGE" });
});
