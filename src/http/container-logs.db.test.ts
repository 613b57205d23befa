import { afterAll, beforeAll, expect, it } from "vitest";
import {
  call,
  doneOutcome,
  registerWorker,
  type TestWorker,
} from "../../test/support/control-plane.ts";
import {
  createLockedPlane,
  type LockedPlane,
  otherKey,
  ownKey,
} from "../../test/support/locked-plane.ts";
import { submit } from "../../test/support/queue.ts";
import { type LogsAnswer, logsAnswer } from "../contract/fleet.ts";
import type { Lease } from "../contract/worker-protocol.ts";

let both: LockedPlane;
let vision: TestWorker;
let leases: { own: Lease; other: Lease };
beforeAll(async () => {
  both = await createLockedPlane();
  await submit(both.db.sql, "pitch-deck", { workspace: "other" });
  vision = await registerWorker(both.locked.app, { replica: 1 });
  const held = (await vision.lease(8)).leases;
  const of = (workspace: string) => held.find((lease) => lease.workspace === workspace) as Lease;
  leases = { own: of("default"), other: of("other") };
});
afterAll(() => both.close());

const say = (...lines: readonly (object | string)[]) =>
  vision.call("POST", `/api/containers/${vision.id}/logs`, {
    body: { lines: lines.map((one) => (typeof one === "string" ? one : JSON.stringify(one))) },
  });
const ask = async (path: string, token: string, query = ""): Promise<LogsAnswer> => {
  const { body } = await call(both.locked.app, "GET", `/api/fleet/${path}/logs${query}`, { token });
  return logsAnswer.parse(body);
};
/** What each of the lines says first. */
const messagesOf = ({ lines }: LogsAnswer) =>
  lines.map(({ line }) => /"msg":"([^"]*)"/.exec(line)?.[1] ?? line);

it("shows a workspace no line about the work of another, while it is done and afterwards", async () => {
  const { own, other } = leases;
  const cut = JSON.stringify({ lease: other.id, msg: "cut", err: "secret plans" }).slice(0, -5);
  await say(
    { msg: "ready" },
    { pipeline: own.pipeline, lease: own.id, msg: "own started" },
    { pipeline: other.pipeline, lease: other.id, msg: "other started" },
    cut,
    { lease: own.id, msg: "own ended" },
    { lease: other.id, msg: "other ended" },
  );
  const check = async () => {
    for (const path of ["replicas/vision-1", `runs/${run}`]) {
      expect(messagesOf(await ask(path, ownKey))).toEqual(["ready", "own started", "own ended"]);
      const others = messagesOf(await ask(path, otherKey));
      expect(others).toEqual(["ready", "other started", "cut", "other ended"]);
    }
  };
  const [row] = await both.db.sql<{ id: number }[]>`
    insert into replicas (pool, replica, provider, phase, requested_at, container_id)
    values ('vision', 1, 'told', 'ready', now() - interval '1 hour', ${vision.id}) returning id`;
  const run = row?.id;
  await check();
  for (const lease of [own, other]) await vision.settle(lease, doneOutcome({ slides: [] }));
  await check();
});

it("counts only what is shown, and goes on behind what is not", async () => {
  const last = await ask("replicas/vision-1", ownKey, "?tail=1");
  expect(messagesOf(last)).toEqual(["own ended"]);
  await say({ lease: leases.other.id, msg: "other again" });
  const { lines, nextAfter } = await ask(
    "replicas/vision-1",
    ownKey,
    `?tail=1&after=${last.nextAfter}`,
  );
  expect(lines).toEqual([]);
  expect(nextAfter).toBe(last.nextAfter + 1);
});
