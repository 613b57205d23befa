import { readFile } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  type ControlPlane,
  call,
  createControlPlane,
  doneOutcome,
  exampleDeck,
  formOf,
  registerWorker,
  registrationToken,
  type TestWorker,
} from "../../test/support/control-plane.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { snapshotOf, submit } from "../../test/support/queue.ts";
import { slideOf } from "../../test/support/slides.ts";
import {
  heartbeatAnswer,
  lease as leaseSchema,
  registerAnswer,
} from "../contract/worker-protocol.ts";
import { applyMoves } from "../db/moves.ts";

let db: TestDatabase;
let plane: ControlPlane;
beforeAll(async () => {
  db = await createTestDatabase();
  plane = await createControlPlane(db);
});
afterAll(async () => {
  await plane.close();
  await db.drop();
});
afterEach(async () => {
  const rows = await db.sql<{ id: number }[]>`select id from pipelines where finished_at is null`;
  await applyMoves(
    db.sql,
    rows.map(({ id }) => ({ kind: "cancel", pipeline: id, by: "test" })),
  );
});

const analysis = (slide: number) => slideOf(slide, `Slide ${slide}`);
const registration = {
  protocol: 1,
  bootId: "a boot of its own",
  pool: "vision",
  replica: 1,
  containerId: null,
  features: ["vision"],
  limits: { slots: 1, maxConcurrentPipelines: 1 },
  coordinationUrl: null,
  engine: { name: "extractive", model: null },
  gpu: null,
  pid: null,
};
const done = doneOutcome({ slides: [] });

describe("registering", () => {
  it("gives an id, a token of its own and the intervals", async () => {
    const answer = await call(plane.app, "POST", "/api/containers", {
      token: registrationToken,
      body: registration,
    });
    expect(answer.status).toBe(201);
    expect(registerAnswer.parse(answer.body)).toEqual(answer.body);
    expect(answer.body).toMatchObject({ protocol: 1, heartbeatSeconds: 2, pollSeconds: 5 });
    const stored =
      await db.sql`select token_hash from processing_servers where id = ${answer.body.id}`;
    expect(String(stored[0]!.token_hash)).not.toContain(answer.body.token);
  });

  it.each([
    ["no token", "", registration, 401, "UNAUTHORIZED"],
    ["a wrong token", "wrong", registration, 401, "UNAUTHORIZED"],
    [
      "another protocol",
      registrationToken,
      { ...registration, protocol: 2 },
      409,
      "PROTOCOL_UNSUPPORTED",
    ],
    ["no boot id", registrationToken, { ...registration, bootId: undefined }, 400, "BAD_REQUEST"],
    [
      "no slot",
      registrationToken,
      { ...registration, limits: { slots: 0, maxConcurrentPipelines: 1 } },
      400,
      "BAD_REQUEST",
    ],
  ])("is refused with %s", async (_title, token, body, status, code) => {
    const answer = await call(plane.app, "POST", "/api/containers", { token, body });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });
});

describe("a container", () => {
  it("has no more than its own token opens, and only while it lives", async () => {
    const [one, other] = [await registerWorker(plane.app), await registerWorker(plane.app)];
    const beat = { bootId: one.bootId, phase: "ready", leases: [], note: null };
    const as = (token: string, body: object) =>
      call(plane.app, "POST", `/api/containers/${one.id}/heartbeat`, { token, body });
    expect((await as(one.token, beat)).status).toBe(200);
    for (const token of ["", "wrong", registrationToken, other.token]) {
      expect((await as(token, beat)).body.code).toBe("CONTAINER_UNKNOWN");
    }
    expect((await as(one.token, { ...beat, bootId: "another boot" })).body.code).toBe(
      "CONTAINER_UNKNOWN",
    );
    await db.sql`update processing_servers set ended_at = now(), status = 'stopped' where id = ${one.id}`;
    expect((await as(one.token, beat)).body.code).toBe("CONTAINER_UNKNOWN");
    await expect(one.lease(1)).rejects.toThrow("CONTAINER_UNKNOWN");
  });

  it("may take its leave by saying that it stopped or failed", async () => {
    await db.sql`insert into replicas (pool, replica, provider, phase) values ('vision', 77, 'test', 'booting')`;
    const worker = await registerWorker(plane.app, { replica: 77 });
    for (const phase of ["failed", "stopped"]) {
      expect((await worker.beat(phase)).status).toBe(200);
    }
    // The provider says when the replica has ended.
    const [row] =
      await db.sql`select phase from replicas where pool = 'vision' and replica = 77 and ended_at is null`;
    expect(row).toEqual({ phase: "ready" });
  });

  it("hears of leases that are gone, and of nothing else", async () => {
    const worker = await registerWorker(plane.app);
    const [kept, lost] = [await submit(db.sql, "pitch-deck"), await submit(db.sql, "pitch-deck")];
    const { leases } = await worker.lease(4);
    await applyMoves(db.sql, [{ kind: "cancel", pipeline: lost.id, by: "test" }]);
    const named = [...leases.map((lease) => lease.id), "1-99"];
    const { body } = await worker.beat("ready", named);
    expect(heartbeatAnswer.parse(body)).toEqual(body);
    const gone = leases
      .filter((lease) => lease.pipeline === lost.pipeline)
      .map((lease) => lease.id);
    expect(body.lost.toSorted()).toEqual([...gone, "1-99"].toSorted());
    expect(leases.filter((lease) => lease.pipeline === kept.pipeline)).toHaveLength(2);
  });

  it("tells how much of its model has come", async () => {
    await db.sql`insert into replicas (pool, replica, provider, phase) values ('vision', 78, 'test', 'booting')`;
    const worker = await registerWorker(plane.app, { replica: 78 });
    const bytes = { done: 3, total: 8 };
    const { bootId } = worker;
    const beat = { bootId, phase: "pulling_model", leases: [], note: null, bytes };
    const url = `/api/containers/${worker.id}/heartbeat`;
    expect((await worker.call("POST", url, { body: beat })).status).toBe(200);
    const [row] = await db.sql`select pull from replicas where pool = 'vision' and replica = 78`;
    expect(row).toEqual({ pull: bytes });
  });

  it("hears of bytes whose last document was deleted just now", async () => {
    const worker = await registerWorker(plane.app);
    const sha256 = "cd".repeat(32);
    const { document } = await submit(db.sql, "pitch-deck", { sha256 });
    expect((await worker.beat()).body.forgotten).toEqual([]);
    await call(plane.app, "DELETE", `/api/documents/${document}`);
    expect((await worker.beat()).body.forgotten).toEqual([{ workspace: "default", sha256 }]);
  });

  it("is told to drain once it is drained", async () => {
    const worker = await registerWorker(plane.app);
    expect((await worker.beat()).body.drain).toBe(false);
    await db.sql`update processing_servers set drain = true where id = ${worker.id}`;
    expect((await worker.beat()).body.drain).toBe(true);
  });
});

describe("a lease", () => {
  it("carries everything its task needs", async () => {
    const worker = await registerWorker(plane.app);
    const form = formOf("deck.pdf", await readFile(exampleDeck));
    const { document } = (await call(plane.app, "POST", "/api/documents", form)).body;
    const { leases } = await worker.lease(1);
    const lease = leases[0]!;
    expect(leaseSchema.parse(lease)).toEqual(lease);
    expect(lease).toMatchObject({
      task: "visual_analysis",
      layer: 1,
      attempt: 1,
      generation: 1,
      document: { id: document.id, sha256: document.sha256, pages: document.pages },
      finished: {},
      handoff: null,
      upstream: {},
    });
    expect(Object.keys(lease.pack.prompts)).toEqual(["see_slide"]);
    expect(Date.parse(lease.deadline)).toBeGreaterThan(Date.now());
    const file = await worker.call("GET", lease.document.url);
    expect(file.headers["content-type"]).toBe("application/pdf");
    expect(file.raw.length).toBe(document.bytes);
    const other = await registerWorker(plane.app);
    expect((await other.call("GET", lease.document.url)).body.code).toBe("LEASE_LOST");
  });

  it("brings a successor the slides that were finished before, and of this document only", async () => {
    const [first, second] = [await registerWorker(plane.app), await registerWorker(plane.app)];
    await submit(db.sql, "pitch-deck");
    const [see] = (await first.lease(1)).leases;
    for (const n of [1, 4]) {
      const body = { kind: "visual_analysis", result: analysis(n), seconds: 1 };
      expect((await first.call("PUT", `/api/leases/${see!.id}/slides/${n}`, { body })).status).toBe(
        204,
      );
    }
    await db.sql`update processing_servers set expires_at = now() - interval '1 second' where id = ${first.id}`;
    await plane.rescuer.tick();
    const { leases } = await second.lease(2);
    const again = leases.find((lease) => lease.task === "visual_analysis")!;
    expect(again).toMatchObject({ attempt: 2, finished: { 1: analysis(1), 4: analysis(4) } });
    expect(leases.find((lease) => lease.task === "slide_feedback")!.finished).toEqual({});
    await submit(db.sql, "pitch-deck");
    expect((await second.lease(1)).leases[0]!.finished).toEqual({});
  });

  it("is given back at once when the caller has hung up", async () => {
    const worker = await registerWorker(plane.app);
    const { id } = await submit(db.sql, "pitch-deck");
    const container = await known(worker);
    const request = { capacity: 8, waitMs: 0, settle: [] };
    const answer = await plane.services.leases.lease(container, request, AbortSignal.abort());
    expect(answer.grants).toEqual([]);
    expect(await db.sql`select 1 from leases where pipeline_id = ${id}`).toEqual([]);
    expect((await worker.lease(8)).leases.map((lease) => lease.attempt)).toEqual([1, 1]);
  });

  it("is given back when what it needs cannot be read", async () => {
    const worker = await registerWorker(plane.app);
    const { id } = await submit(db.sql, "pitch-deck");
    await db.sql`alter table visual_results rename to visual_results_away`;
    try {
      await expect(worker.lease(8)).rejects.toThrow("INTERNAL");
    } finally {
      await db.sql`alter table visual_results_away rename to visual_results`;
    }
    expect(await db.sql`select 1 from leases where pipeline_id = ${id}`).toEqual([]);
    expect(await db.sql`select 1 from ready where pipeline_id = ${id}`).toHaveLength(2);
  });

  it("reaches a container that waits, the moment there is work", async () => {
    const worker = await registerWorker(plane.app);
    const container = await known(worker);
    const request = { capacity: 1, waitMs: 20_000, settle: [] };
    const waiting = plane.services.leases.lease(container, request, new AbortController().signal);
    await submit(db.sql, "pitch-deck");
    plane.context.work.wakeAll();
    const { grants } = await waiting;
    expect(grants.map((grant) => grant.claimed.task)).toEqual(["visual_analysis"]);
  });

  it("asks no longer once the caller has hung up", async () => {
    const container = await known(await registerWorker(plane.app));
    const stop = new AbortController();
    const request = { capacity: 1, waitMs: 20_000, settle: [] };
    const waiting = plane.services.leases.lease(container, request, stop.signal);
    stop.abort();
    expect((await waiting).grants).toEqual([]);
  });
});

const known = async (worker: TestWorker) => plane.services.containers.authenticate(worker.token);

describe("a write under a lease that is not one's own", () => {
  const slide = { kind: "visual_analysis", result: analysis(1), seconds: 1 };
  const jpeg = {
    payload: Buffer.from([0xff, 0xd8, 0xff, 0xe0]),
    headers: { "content-type": "image/jpeg" },
  };
  const writes: [string, "POST" | "PUT", string, object][] = [
    ["settle", "POST", "/settle", { body: done }],
    ["a failure", "POST", "/settle", { body: { kind: "failed", code: "INTERNAL", detail: null } }],
    ["release", "POST", "/release", {}],
    ["progress", "POST", "/progress", { body: { fraction: 0.5, done: 1, total: 2 } }],
    ["a slide", "PUT", "/slides/1", { body: slide }],
    ["a page", "PUT", "/pages/1", jpeg],
  ];

  it.each(writes)("changes nothing and says so: %s", async (_title, method, path, options) => {
    const [owner, thief] = [await registerWorker(plane.app), await registerWorker(plane.app)];
    const { id } = await submit(db.sql, "pitch-deck");
    const [lease] = (await owner.lease(1)).leases;
    const before = await snapshotOf(db.sql, id);
    const attempt = async (worker: TestWorker | string, key: string) => {
      const token = typeof worker === "string" ? worker : worker.token;
      const answer = await call(plane.app, method, `/api/leases/${key}${path}`, {
        ...options,
        token,
      });
      return [answer.status, answer.body.code];
    };
    expect(await attempt(thief, lease!.id)).toEqual([409, "LEASE_LOST"]);
    expect(await attempt(owner, "1-1")).toEqual([409, "LEASE_LOST"]);
    expect(await attempt("", lease!.id)).toEqual([401, "CONTAINER_UNKNOWN"]);
    expect(await attempt("wrong", lease!.id)).toEqual([401, "CONTAINER_UNKNOWN"]);
    expect(await attempt(owner, "x-1")).toEqual([400, "BAD_REQUEST"]);
    expect(await snapshotOf(db.sql, id)).toEqual(before);
    const own = await owner.call(method, `/api/leases/${lease!.id}${path}`, options);
    expect(own.status).toBe(204);
  });

  it("is refused one by one among others that are accepted", async () => {
    const [owner, thief] = [await registerWorker(plane.app), await registerWorker(plane.app)];
    await submit(db.sql, "pitch-deck");
    const [own] = (await owner.lease(1)).leases;
    const [foreign] = (await thief.lease(1)).leases;
    const settle = [foreign!.id, own!.id, own!.id].map((lease) => ({ lease, outcome: done }));
    const { settled } = await owner.lease(0, settle);
    expect(settled.map((one) => [one.accepted, one.code])).toEqual([
      [false, "LEASE_LOST"],
      [true, null],
      [false, "LEASE_LOST"],
    ]);
  });

  it.each([
    ["an unknown kind", { kind: "finished" }],
    ["a result that is no object", { ...done, result: [1] }],
    ["an unknown code", { kind: "failed", code: "OOPS", detail: null }],
    ["a fraction above one", null],
  ])("is refused with %s before anything is looked at", async (_title, body) => {
    const worker = await registerWorker(plane.app);
    const { id } = await submit(db.sql, "pitch-deck");
    const [lease] = (await worker.lease(1)).leases;
    const before = await snapshotOf(db.sql, id);
    const answer =
      body === null
        ? await worker.call("POST", `/api/leases/${lease!.id}/progress`, {
            body: { fraction: 1.1, done: 1, total: 1 },
          })
        : await worker.call("POST", `/api/leases/${lease!.id}/settle`, { body });
    expect([answer.status, answer.body.code]).toEqual([400, "BAD_REQUEST"]);
    expect(answer.body.errors.length).toBeGreaterThan(0);
    expect(await snapshotOf(db.sql, id)).toEqual(before);
  });
});

describe("the visual cache", () => {
  it("is open only to a container that holds work of the document", async () => {
    const [worker, stranger] = [await registerWorker(plane.app), await registerWorker(plane.app)];
    const sha256 = "ab".repeat(32);
    await submit(db.sql, "pitch-deck", { sha256 });
    await worker.lease(1);
    const body = { document: sha256, slides: [analysis(2), analysis(1)] };
    const url = `/api/cache/visual-analysis?document=${sha256}`;
    expect((await stranger.call("POST", "/api/cache/visual-results", { body })).body.code).toBe(
      "UNKNOWN_DOCUMENT",
    );
    expect((await worker.call("GET", url)).body.code).toBe("UNKNOWN_DOCUMENT");
    expect((await worker.call("POST", "/api/cache/visual-results", { body })).status).toBe(204);
    expect((await worker.call("GET", url)).body).toEqual({
      document: sha256,
      slides: [analysis(1), analysis(2)],
    });
    expect((await stranger.call("GET", url)).body.code).toBe("UNKNOWN_DOCUMENT");
  });

  it("answers nothing where the same bytes are worked on for two workspaces: whose they are is not said", async () => {
    await db.sql`insert into workspaces (id, name) values ('second', 'second')`;
    const worker = await registerWorker(plane.app);
    const sha256 = "ef".repeat(32);
    await submit(db.sql, "pitch-deck", { sha256 });
    await worker.lease(1);
    const body = { document: sha256, slides: [analysis(1)] };
    expect((await worker.call("POST", "/api/cache/visual-results", { body })).status).toBe(204);
    await submit(db.sql, "pitch-deck", { sha256, workspace: "second" });
    await worker.lease(8);
    const url = `/api/cache/visual-analysis?document=${sha256}`;
    expect((await worker.call("GET", url)).body.code).toBe("UNKNOWN_DOCUMENT");
    const again = await worker.call("POST", "/api/cache/visual-results", { body });
    expect(again.body.code).toBe("UNKNOWN_DOCUMENT");
  });

  it("stages a result under a lease", async () => {
    const worker = await registerWorker(plane.app);
    await submit(db.sql, "pitch-deck");
    const [lease] = (await worker.lease(1)).leases;
    const body = {
      document: "x",
      lease: lease!.id,
      task: "visual_analysis",
      result: { text: "a\u0000b" },
    };
    expect((await worker.call("POST", "/api/results/save", { body })).status).toBe(204);
    const { lease: _lease, ...unnamed } = body;
    expect((await worker.call("POST", "/api/results/save", { body: unnamed })).body.code).toBe(
      "BAD_REQUEST",
    );
    const other = await registerWorker(plane.app);
    expect((await other.call("POST", "/api/results/save", { body })).body.code).toBe("LEASE_LOST");
  });
});
