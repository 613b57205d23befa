import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ReplicaSpec } from "../../src/providers/provider.ts";
import { serverError } from "../support/verda/faults.ts";
import type { StubStart } from "../support/verda/runner.ts";
import { observeUntil } from "./provider.ts";
import { machine, openVerda, registrationToken, type VerdaHarness } from "./verda-harness.ts";

const list = /^\/container-deployments$/;

/** Containers that end only when they are let go, or killed. */
function heldRunner() {
  const started: StubStart[] = [];
  const ends: (() => void)[] = [];
  return {
    started,
    release: () => {
      for (const end of ends.splice(0)) end();
    },
    runner: {
      start(what: StubStart) {
        started.push(what);
        let end = (): void => undefined;
        const exited = new Promise<void>((resolve) => {
          end = resolve;
        });
        ends.push(end);
        return {
          exited,
          stop: (signal: string) => {
            if (signal === "SIGKILL") end();
          },
        };
      },
    },
  };
}

describe("orders to verda", () => {
  let harness: VerdaHarness;
  let held: ReturnType<typeof heldRunner>;
  let spec: ReplicaSpec;
  beforeEach(async () => {
    held = heldRunner();
    harness = await openVerda({ stub: { runner: held.runner } });
    spec = harness.spec("vision", 1);
  });
  afterEach(() => harness.close());

  const start = async (what = spec) => {
    await harness.provider.apply(what, "running");
    await harness.up(what.name);
  };
  const stop = async (what = spec) => {
    await harness.provider.apply(what, "stopped");
    held.release();
    await harness.stub.until(() => harness.stub.deployments.get(what.name)?.replicas.length === 0);
    await harness.provider.apply(what, "stopped");
    expect(harness.stub.deployments.get(what.name)?.isPaused).toBe(true);
  };
  const orders = () =>
    harness.stub.calls
      .filter((call) => call.method !== "GET" && call.path !== "/oauth2/token")
      .map((call) => `${call.method} ${call.path.replace(/.*vision-1/, "*")}`);

  it("make a deployment of one replica with every field of scaling", async () => {
    const provider = harness.another({
      registryCredentials: "ghcr-of-ours",
      port: 9000,
      mounts: [
        { type: "scratch", path: "/data" },
        { type: "shared", path: "/models", volumeId: "vol-1" },
        { type: "memory", path: "/dev/shm", sizeMb: 1024 },
      ],
    });
    await provider.apply({ ...spec, machine: { ...machine, gpus: 2, spot: true } }, "running");
    const body = harness.stub.calls.find((call) => call.method === "POST" && list.test(call.path));
    const [secret] = harness.stub.secrets.keys();
    expect(secret).toMatch(/^pl-ours-pilotlight-registration-token-[0-9a-f]{10}$/);
    expect(body?.body).toEqual({
      name: "pl-ours-vision-1",
      is_spot: true,
      compute: { name: "L40S", size: 2 },
      container_registry_settings: { is_private: true, credentials: { name: "ghcr-of-ours" } },
      scaling: {
        min_replica_count: 1,
        max_replica_count: 1,
        scale_down_policy: { delay_seconds: 0 },
        scale_up_policy: { delay_seconds: 0 },
        queue_message_ttl_seconds: 300,
        concurrent_requests_per_replica: 1,
        scaling_triggers: { queue_load: { threshold: 1 } },
      },
      containers: [
        {
          image: "registry.invalid/pilotlight:1.0.0",
          exposed_port: 9000,
          healthcheck: { enabled: true, port: 9000, path: "/api/health" },
          env: [
            { type: "plain", name: "PILOTLIGHT_POOL", value_or_reference_to_secret: "vision" },
            { type: "plain", name: "PILOTLIGHT_RUN", value_or_reference_to_secret: "1" },
            {
              type: "secret",
              name: "PILOTLIGHT_REGISTRATION_TOKEN",
              value_or_reference_to_secret: secret,
            },
          ],
          volume_mounts: [
            { type: "scratch", mount_path: "/data" },
            { type: "shared", mount_path: "/models", volume_id: "vol-1" },
            { type: "memory", mount_path: "/dev/shm", size_in_mb: 1024 },
          ],
        },
      ],
    });
  });

  it("make one deployment when a create says 500 and yet did it", async () => {
    harness.stub.fail("POST", list, serverError("after"));
    await start();
    await harness.provider.apply(spec, "running");
    expect(harness.stub.count("POST", list)).toBe(1);
    expect(held.started).toHaveLength(1);
  });

  it("make one create out of orders that come at once", async () => {
    await Promise.all([1, 2, 3, 4].map(() => harness.provider.apply(spec, "running")));
    expect(harness.stub.count("POST", list)).toBe(1);
  });

  it("go on when a secret is made by somebody else meanwhile", async () => {
    harness.stub.fail("POST", /^\/secrets$/, serverError("after"));
    const other = harness.spec("vision", 2);
    await Promise.all([start(), start(other)]);
    expect(harness.stub.secrets.size).toBe(1);
  });

  it("leave a create that did nothing to the next order", async () => {
    harness.stub.fail("POST", list, serverError("before"));
    await expect(harness.provider.apply(spec, "running")).rejects.toMatchObject({
      code: "PROVIDER_UNREACHABLE",
      detail: "POST /container-deployments: 500 server_error: Something went wrong",
    });
    await start();
    expect(held.started).toHaveLength(1);
  });

  it("mend a deployment that was made without scaling, at once or later", async () => {
    harness.stub.troubles.scalingLost = true;
    await start();
    const other = harness.spec("vision", 2);
    harness.stub.fail("GET", /vision-2\/scaling$/, serverError("before"));
    await expect(harness.provider.apply(other, "running")).rejects.toThrow();
    expect((await harness.provider.observe()).find((seen) => seen.replica === 2)?.state).toBe(
      "stopping",
    );
    await start(other);
  });

  it("cost two looks when the replica runs already", async () => {
    await start();
    const before = harness.stub.calls.length;
    await harness.provider.apply(spec, "running");
    const made = harness.stub.calls.slice(before).map((call) => `${call.method} ${call.path}`);
    const at = `GET /container-deployments/${spec.name}`;
    expect(made).toEqual([at, `${at}/replicas`]);
  });

  it("pause only once no replica is listed, and never ask for a maximum of 0", async () => {
    await start();
    for (let round = 0; round < 3; round += 1) await harness.provider.apply(spec, "stopped");
    expect(orders().slice(-1)).toEqual(["PATCH */scaling"]);
    expect((await harness.provider.observe())[0]?.state).toBe("stopping");
    await stop();
    await harness.provider.apply(spec, "stopped");
    expect(orders().slice(-2)).toEqual(["PATCH */scaling", "POST */pause"]);
    expect(orders().filter((order) => order === "PATCH */scaling")).toHaveLength(1);
    expect(JSON.stringify(harness.stub.calls)).not.toMatch(/"max_replica_count":"?0/);
    expect(await harness.provider.observe()).toEqual([]);
  });

  it("do not start beside a replica that is still ending", async () => {
    await start();
    await harness.provider.apply(spec, "stopped");
    await harness.provider.apply(spec, "running");
    expect((await harness.provider.observe()).map((seen) => seen.state)).toEqual(["stopping"]);
    held.release();
    await harness.stub.until(() => harness.stub.deployments.get(spec.name)?.replicas.length === 0);
    await start();
    expect(held.started).toHaveLength(2);
  });

  it("wait for the end of a deployment that is being deleted", async () => {
    await start();
    await stop();
    const deployment = harness.stub.deployments.get(spec.name);
    if (deployment) deployment.isTerminating = true;
    const before = orders().length;
    for (const want of ["running", "stopped"] as const) await harness.provider.apply(spec, want);
    expect(orders()).toHaveLength(before);
    harness.advance(60_000);
    expect((await harness.provider.observe()).map((seen) => seen.state)).toEqual(["stopping"]);
  });

  it("wake a paused deployment as it is when nothing differs", async () => {
    await start();
    await stop();
    const before = orders().length;
    await start();
    expect(orders().slice(before)).toEqual(["POST */resume", "PATCH */scaling"]);
  });

  it("give a new run its own variables and a changed secret", async () => {
    await start();
    await stop();
    const before = orders().length;
    await start({
      ...spec,
      env: { ...spec.env, PILOTLIGHT_RUN: "2" },
      secrets: { PILOTLIGHT_REGISTRATION_TOKEN: "another" },
    });
    expect(orders().slice(before)).toEqual([
      "POST /secrets",
      "PATCH *",
      "POST */resume",
      "PATCH */scaling",
    ]);
    const env = { PILOTLIGHT_POOL: "vision", PILOTLIGHT_RUN: "1" };
    expect(held.started.map((what) => what.env)).toEqual([
      { ...env, PILOTLIGHT_REGISTRATION_TOKEN: registrationToken },
      { ...env, PILOTLIGHT_RUN: "2", PILOTLIGHT_REGISTRATION_TOKEN: "another" },
    ]);
  });

  it("move to another machine", async () => {
    await start();
    await stop();
    const h100 = { ...machine, gpu: "H100", spot: true };
    await start({ ...spec, machine: h100 });
    expect((await harness.provider.observe())[0]?.machine).toEqual(h100);
    expect(harness.stub.count("DELETE", /./)).toBe(0);
  });

  it("see a replica that is taken away come again under another name", async () => {
    await start();
    const before = (await harness.provider.observe())[0];
    harness.stub.preempt(spec.name);
    const { live } = await observeUntil(
      harness,
      (all) => all[0]?.state === "running" && all[0].providerRef !== before?.providerRef,
    );
    expect(live).toHaveLength(1);
    expect(harness.stub.bill.map((row) => row.endedAtMs === null)).toEqual([false, true]);
  });

  it("tell the trouble of a replica that has no machine to come back to", async () => {
    await start();
    harness.stub.setCapacity("L40S", 1, 0);
    harness.stub.preempt(spec.name);
    const { live } = await observeUntil(harness, (all) => all[0]?.state === "starting");
    expect(live[0]).toMatchObject({ trouble: "quota_reached", providerRef: "pending" });
  });

  it("show one that stays unavailable as starting, for a deadline to end", async () => {
    harness.stub.troubles.stuck = true;
    await harness.provider.apply(spec, "running");
    const { live } = await observeUntil(harness, (all) => all[0]?.providerRef !== "pending");
    expect(live[0]).toMatchObject({ state: "starting", trouble: "unhealthy" });
  });

  it("refuse a replica without a machine", async () => {
    const bare = { ...spec, machine: null };
    await expect(harness.provider.apply(bare, "running")).rejects.toMatchObject({
      code: "INTERNAL",
    });
    expect(harness.stub.deployments.size).toBe(0);
  });

  it("show other installations and touch nothing of them", async () => {
    const theirs = harness.another({ installation: "theirs" });
    const foreign = { ...spec, name: "pl-theirs-vision-1", installation: "theirs" };
    await theirs.apply(foreign, "running");
    await harness.up(foreign.name);
    const { provider } = harness;
    expect(await provider.observe()).toMatchObject([{ installation: "theirs", state: "running" }]);
    const before = harness.stub.calls.length;
    const refused = { code: "INTERNAL", detail: expect.stringContaining("another installation") };
    for (const want of ["running", "stopped"] as const) {
      await expect(provider.apply(foreign, want)).rejects.toMatchObject(refused);
    }
    const disguised = { ...foreign, installation: "ours" };
    await expect(provider.apply(disguised, "stopped")).rejects.toMatchObject(refused);
    await expect(provider.endOf(foreign.name)).rejects.toMatchObject(refused);
    expect(harness.stub.calls.length).toBe(before);
  });

  it("look no further at what is parked, and find it again after a minute", async () => {
    await start();
    await stop();
    const before = harness.stub.calls.length;
    expect(await harness.provider.observe()).toEqual([]);
    expect(harness.stub.calls.length).toBe(before + 1);
    // Somebody wakes it by hand.
    const deployment = harness.stub.deployments.get(spec.name);
    if (deployment) deployment.isPaused = false;
    harness.advance(60_000);
    expect((await harness.provider.observe()).map((seen) => seen.state)).toEqual(["stopping"]);
  });

  it("end a deployment with the secrets that nobody else needs", async () => {
    const other = harness.spec("text", 1);
    await start();
    await start(other);
    await harness.provider.endOf(spec.name);
    held.release();
    await harness.stub.until(() => !harness.stub.deployments.has(spec.name));
    expect(harness.stub.secrets.size).toBe(1);
    expect(harness.stub.count("DELETE", /^\/secrets/)).toBe(0);
    await harness.provider.endOf(other.name);
    held.release();
    await harness.stub.until(() => harness.stub.deployments.size === 0);
    await harness.provider.endOf(other.name);
    expect(harness.stub.secrets.size).toBe(0);
  });

  it("say no secret in what they throw or log", async () => {
    const body = { code: "invalid_request", message: `${registrationToken} is too weak` };
    harness.stub.fail("POST", /^\/secrets$/, { kind: "answer", when: "before", status: 400, body });
    const error = await harness.provider
      .apply(spec, "running")
      .catch((thrown: unknown) => thrown as Error);
    expect(String(error)).toContain("invalid_request: [removed] is too weak");
    harness.stub.fail("POST", list, serverError("after"));
    await start();
    expect(harness.logged()).toContain("created in spite of the answer");
    const told = `${harness.logged()} ${String(error)} ${JSON.stringify(error)}`;
    for (const secret of [registrationToken, harness.stub.clientSecret, "token-"]) {
      expect(told.replaceAll("registration-token-", "")).not.toContain(secret);
    }
  });
});
