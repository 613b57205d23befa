import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ControlPlane, call, createControlPlane } from "../../test/support/control-plane.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { activateGraph, addContainer, submit } from "../../test/support/queue.ts";
import { createQueueMetrics } from "../services/queue-metrics.ts";
import { createStranded } from "../services/stranded.ts";
import { createVacuumWatch } from "../services/vacuum-watch.ts";

let db: TestDatabase;
let open: ControlPlane;
let locked: ControlPlane;
const key = "a key of the configuration";
beforeAll(async () => {
  db = await createTestDatabase();
  open = await createControlPlane(db);
  locked = await createControlPlane(db, { apiKeys: [key] });
  await activateGraph(db.sql, "heard", [{ name: "a", pool: "audio" }]);
  await activateGraph(db.sql, "large", [{ name: "a", features: ["vram:80"] }]);
});
afterAll(async () => {
  await open.close();
  await locked.close();
  await db.drop();
});

const metricsOf = async (plane: ControlPlane, token?: string) => {
  const answer = await call(plane.app, "GET", "/metrics", token === undefined ? {} : { token });
  return { ...answer, text: answer.raw.toString() };
};
const waitingOf = async (document: string) =>
  (await call(open.app, "GET", `/api/documents/${document}`)).body.pipeline;

describe("GET /metrics", () => {
  it("shows the queue in the text format of Prometheus", async () => {
    await submit(db.sql, "pitch-deck");
    const { status, headers, text } = await metricsOf(open);
    expect(status).toBe(200);
    expect(headers["content-type"]).toMatch(/^text\/plain/);
    expect(text).toMatch(/^pilotlight_ready_tasks\{pool="vision",class="vision:vision"\} 2$/m);
    expect(text).toMatch(/^pilotlight_oldest_ready_seconds\{pool="vision",[^}]+\} [\d.e-]+$/m);
    expect(text).toMatch(/^pilotlight_repairs_total\{kind="stuck"\} 0$/m);
    expect(text).toMatch(/^pilotlight_dead_rows\{table="ready"\} \d+$/m);
    expect(text).toMatch(/^pilotlight_vacuum_held_seconds [\d.e-]+$/m);
    expect(text).toMatch(/^pilotlight_events_lag_seconds [\d.e-]+$/m);
    expect(text).toMatch(/^pilotlight_resident_bytes \d+$/m);
  });

  it("asks for a key where the rest does, and for this machine where there is none", async () => {
    expect((await metricsOf(locked)).status).toBe(401);
    expect((await metricsOf(locked, key)).status).toBe(200);
    const headers = { host: "evil.example" };
    expect((await call(open.app, "GET", "/metrics", { headers })).status).toBe(403);
  });

  it("counts what the services tell", async () => {
    const metrics = createQueueMetrics(open.context, {
      stranded: createStranded(open.context, { maxReplicas: {}, features: {} }),
      watch: createVacuumWatch(open.context, 1000),
    });
    metrics.turned({ seconds: 0.003, granted: [2, 0], settled: ["done", "done", "refused"] });
    metrics.repaired("stray_ready", 3);
    metrics.leaseLost("stalled");
    const texts = await Promise.all([metrics.text(), metrics.text()]);
    expect(texts[0]).toBe(texts[1]);
    for (const line of [
      'claims_total{result="granted"} 1',
      'claims_total{result="empty"} 1',
      "claimed_tasks_total 2",
      'settles_total{result="done"} 2',
      'settles_total{result="refused"} 1',
      'repairs_total{kind="stray_ready"} 3',
      'lost_leases_total{cause="stalled"} 1',
      'turn_seconds_bucket{le="0.005"} 1',
    ]) {
      expect(texts[0]).toContain(`pilotlight_${line}`);
    }
  });
});

describe("a task nobody could ever take", () => {
  it.each([
    ["heard", /no pool audio is configured/],
    ["large", /none that could be started offers vram:80/],
  ])("is shown as stranded with its reason, and counted: %s", async (pack, reason) => {
    const { document } = await submit(db.sql, pack);
    const { status, progress } = await waitingOf(document);
    expect(progress.waiting.code).toBe("stranded");
    expect(progress.waiting.sentence).toMatch(reason);
    expect(status).toMatchObject({ name: "Stranded", type: "pending" });
    expect(status.sentence).toMatch(reason);
    const { body } = await call(open.app, "GET", "/api/documents");
    const [listed] = body.documents;
    expect(listed.pipeline.progress.waiting.code).toBe("stranded");
    const counted = (await metricsOf(open)).text.match(/^pilotlight_stranded_tasks\{.*\} 1$/gm);
    expect(counted).not.toBeNull();
  });

  it("waits as others do once a container that serves it is there, also one nobody here started", async () => {
    const { document } = await submit(db.sql, "large");
    await addContainer(db.sql, { features: ["vision", "vram:80"], phase: "ready" });
    expect((await waitingOf(document)).progress.waiting.code).not.toBe("stranded");
  });
});
