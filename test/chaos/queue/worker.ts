/**
 * A worker process: hosts containers that speak the real protocol and do nothing. Told what to be in
 * one JSON argument; says a JSON line whenever results were accepted. Ends with its standard input.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import {
  heartbeatAnswer,
  type Lease,
  protocolVersion,
  type RegisterAnswer,
  type Settlement,
} from "../../../src/contract/worker-protocol.ts";
import { AppError } from "../../../src/errors/app-error.ts";
import { systemRandom } from "../../../src/lib/random.ts";
import { createLog, type Log } from "../../../src/telemetry/log.ts";
import { type ControlClient, createControlClient } from "../../../src/worker/control-client.ts";
import { backoffMs, callServer, jsonOf } from "../../../src/worker/control-http.ts";
import { containerLimits, containersOfPool } from "./plan.ts";
import { isSlow, nestedOutcome, outcomeOf, slowMs } from "./poison.ts";
import { openRecords } from "./records.ts";

export interface WorkerStart {
  readonly url: string;
  readonly registrationToken: string;
  /** Numbers this process's replicas. */
  readonly worker: number;
  readonly callMs: number;
  /** Where it writes what it was handed and told. */
  readonly records: string;
}

const start = JSON.parse(process.argv[2] ?? "") as WorkerStart;
const record = openRecords(start.records);
const life = new AbortController();
process.stdin.on("close", () => process.exit(0));
process.stdin.resume();
process.on("SIGTERM", () => process.exit(0));

const isCode = (error: unknown, code: string): boolean =>
  error instanceof AppError && error.code === code;

class NoOpContainer {
  readonly #pool: "vision" | "text";
  readonly #replica: number;
  readonly #log: Log;
  readonly #control: ControlClient;
  #bootId: string = randomUUID();
  #pending: Settlement[] = [];
  /** Leases that are settled by a call of their own. */
  readonly #alone = new Set<string>();
  /** Resolves once the control plane has heard that this registration is ready. */
  #ready: Promise<void> = Promise.resolve();

  constructor(pool: "vision" | "text", replica: number, log: Log) {
    this.#pool = pool;
    this.#replica = replica;
    this.#log = log;
    this.#control = createControlClient({
      url: start.url,
      registrationToken: start.registrationToken,
      describe: () => this.#describe(),
      random: systemRandom,
      log,
      onIdentity: (who) => {
        this.#ready = this.#beat(who);
      },
      life: life.signal,
      callMs: start.callMs,
    });
  }

  async run(): Promise<void> {
    const { heartbeatSeconds } = await this.#control.register(life.signal);
    void this.#beatOn(heartbeatSeconds * 1000);
    for (let failures = 0; ; ) {
      try {
        await this.#turn();
        failures = 0;
      } catch (error) {
        failures += 1;
        this.#log.warn({ err: error, container: this.#name }, "asking for work failed");
        if (isCode(error, "BAD_REQUEST")) throw error;
        await pause(backoffMs(Math.min(failures, 6), systemRandom));
      }
    }
  }

  /** Settles what is there and asks for more, in one call; then does nothing with what it got. */
  async #turn(): Promise<void> {
    await this.#ready;
    const settle = this.#pending;
    const sentMs = Date.now();
    if (settle.length > 0) record(["sent", sentMs, settle.map(({ lease }) => lease)]);
    const answer = await this.#control.lease(
      {
        capacity: containerLimits.slots,
        waitSeconds: this.#control.identity()?.pollSeconds ?? 1,
        settle,
      },
      life.signal,
    );
    const atMs = Date.now();
    this.#pending = this.#pending.filter((entry) => !settle.includes(entry));
    for (const { lease, accepted } of answer.settled) this.#answered(lease, accepted, sentMs);
    for (const lease of answer.leases) this.#take(lease, atMs);
  }

  #answered(lease: string, accepted: boolean, sentMs: number): void {
    record(["answered", Date.now(), lease, accepted, sentMs]);
    if (accepted) process.stdout.write(`${JSON.stringify({ accepted: sentMs })}\n`);
  }

  #take(lease: Lease, atMs: number): void {
    const { id, pipeline, task, generation, attempt, document } = lease;
    const leasedMs = Date.parse(lease.deadline) - lease.timeoutSeconds * 1000;
    const leased = { lease: id, pipeline, task, generation, attempt, leasedMs };
    record(["leased", atMs, this.#name, { ...leased, document: document.name }]);
    const outcome = outcomeOf(lease);
    const nested = nestedOutcome(lease);
    if (nested !== null) void this.#settleAlone(id, nested, 0);
    else if (isSlow(document.name)) void this.#settleAlone(id, JSON.stringify(outcome), slowMs);
    else this.#pending.push({ lease: id, outcome });
  }

  /** Settles one lease after a while by the call for one, with an outcome that is text already. */
  async #settleAlone(lease: string, body: string, afterMs: number): Promise<void> {
    this.#alone.add(lease);
    await pause(afterMs);
    let status: number;
    do {
      const sentMs = Date.now();
      record(["sent", sentMs, [lease]]);
      const headers = {
        authorization: `Bearer ${this.#control.identity()?.token}`,
        "content-type": "application/json",
      };
      const signal = AbortSignal.timeout(start.callMs);
      const call = { method: "POST", headers, body, signal };
      status = await fetch(`${start.url}/api/leases/${lease}/settle`, call).then(
        (answer) => answer.status,
        () => 0,
      );
      if (status === 0 || status >= 500) await pause(backoffMs(2, systemRandom));
      else this.#answered(lease, status === 204, sentMs);
    } while (status === 0 || status >= 500);
    this.#alone.delete(lease);
  }

  async #beatOn(everyMs: number): Promise<void> {
    for (;;) {
      await pause(everyMs);
      const who = this.#control.identity();
      if (who !== null) await this.#beat(who);
    }
  }

  /** Never throws: the next beat follows soon. */
  async #beat(who: RegisterAnswer): Promise<void> {
    const pending = this.#pending.map(({ lease }) => lease);
    const leases = [...pending, ...this.#alone].slice(0, 64);
    const body = { bootId: this.#bootId, phase: "ready", leases, note: null };
    const everyMs = who.heartbeatSeconds * 1000;
    const call = {
      method: "POST",
      url: `${start.url}/api/containers/${who.id}/heartbeat`,
      token: who.token,
      body,
      signal: life.signal,
      deadlineMs: Math.min(5_000, Math.max(1_000, 2 * everyMs)),
      tries: 1,
    } as const;
    try {
      const { lost, drain } = await callServer(call, systemRandom, jsonOf(heartbeatAnswer));
      // Its work stops, and its result is sent all the same: the fence has to hold against that.
      if (lost.length > 0) this.#log.info({ lost }, "leases lost");
      if (drain) this.#bootAnew(who);
    } catch (error) {
      if (isCode(error, "CONTAINER_UNKNOWN")) this.#renew(who);
    }
  }

  /** What a provider does with a replica that is to go: it ends, and another takes its place. */
  #bootAnew(who: RegisterAnswer): void {
    this.#bootId = randomUUID();
    this.#pending = [];
    this.#renew(who);
  }

  #renew(who: RegisterAnswer): void {
    this.#control.renew(who.id, life.signal).catch((error) => {
      this.#log.error({ err: error }, "not registered");
    });
  }

  get #name(): string {
    return `${this.#pool}-${this.#replica}`;
  }

  #describe() {
    return {
      protocol: protocolVersion,
      bootId: this.#bootId,
      pool: this.#pool,
      replica: this.#replica,
      containerId: null,
      features: [],
      limits: containerLimits,
      coordinationUrl: null,
      engine: { name: "extractive", model: null } as const,
      gpu: null,
      pid: process.pid,
    };
  }
}

const log = createLog({ name: `worker-${start.worker}`, level: "warn", destination: 2 });
const containers = (["vision", "text"] as const).flatMap((pool) =>
  Array.from({ length: containersOfPool }, (_, n) => {
    const replica = (start.worker - 1) * containersOfPool + n + 1;
    return new NoOpContainer(pool, replica, log);
  }),
);
process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
await Promise.all(containers.map((container) => container.run()));
