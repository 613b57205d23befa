import type { Clock } from "../../src/lib/clock.ts";
import { type Machine, replicaName } from "../../src/providers/provider.ts";
import type { Fetch } from "../../src/providers/verda/transport.ts";
import {
  createVerdaProvider,
  type VerdaProvider,
  type VerdaProviderOptions,
} from "../../src/providers/verda/verda.ts";
import { createLog } from "../../src/telemetry/log.ts";
import type { StubOptions } from "../support/verda/state.ts";
import { startVerdaStub, type VerdaStub } from "../support/verda/verda-stub.ts";
import type { ProviderHarness } from "./provider.ts";

export interface VerdaHarness extends ProviderHarness {
  readonly provider: VerdaProvider;
  readonly stub: VerdaStub;
  /** Moves the time of the provider and of the stub. */
  advance(ms: number): void;
  nowMs(): number;
  /** All that was logged. */
  logged(): string;
  /** Another provider on the same stub. */
  another(rest: Partial<VerdaProviderOptions>): VerdaProvider;
}

export const installation = "ours";
export const registrationToken = "a-secret-that-nobody-may-read";
export const machine: Machine = { gpu: "L40S", gpus: 1, region: "FIN-01", spot: false };

/** A clock that moves a little whenever it is read, so that a wait for a time ends by itself. */
function tickingClock(tickMs: number): Clock & { advance(ms: number): void } {
  let nowMs = Date.parse("2026-10-01T08:00:00Z");
  return {
    nowMs() {
      nowMs += tickMs;
      return nowMs;
    },
    advance(ms) {
      nowMs += ms;
    },
  };
}

/** Ends a call whose deadline would have to be waited for, as soon as the stub falls silent on it. */
function impatientFetch(): { fetch: Fetch; giveUp(call: string | undefined): void } {
  const open = new Map<string, AbortController>();
  let serial = 0;
  return {
    async fetch(url, init) {
      serial += 1;
      const call = String(serial);
      const silence = new AbortController();
      open.set(call, silence);
      const signals = [silence.signal, ...(init.signal ? [init.signal] : [])];
      const headers = { ...(init.headers as Record<string, string>), "x-call": call };
      try {
        return await fetch(url, { ...init, headers, signal: AbortSignal.any(signals) });
      } finally {
        open.delete(call);
      }
    },
    giveUp(call) {
      open.get(call ?? "")?.abort(new DOMException("silence", "TimeoutError"));
    },
  };
}

export async function openVerda(
  rest: { stub?: Partial<StubOptions>; tickMs?: number } = {},
): Promise<VerdaHarness> {
  const clock = tickingClock(rest.tickMs ?? 20);
  const { fetch, giveUp } = impatientFetch();
  const stub = await startVerdaStub({ clock, onHang: giveUp, ...rest.stub });
  let logged = "";
  const log = createLog({
    name: "control",
    level: "trace",
    destination: {
      write(line: string) {
        logged += line;
      },
    },
  });
  const another = (more: Partial<VerdaProviderOptions>) =>
    createVerdaProvider({
      name: "verda",
      region: "FIN-01",
      installation,
      apiUrl: stub.apiUrl,
      clientId: stub.clientId,
      clientSecret: stub.clientSecret,
      image: "registry.invalid/pilotlight:1.0.0",
      registryCredentials: null,
      clock,
      log,
      fetch,
      ...more,
    });
  return {
    provider: another({}),
    tells: "absence",
    stub,
    another,
    advance: (ms) => clock.advance(ms),
    nowMs: () => clock.nowMs(),
    logged: () => logged,
    spec(pool, replica) {
      const name = replicaName(installation, pool, replica);
      const env = { PILOTLIGHT_POOL: pool, PILOTLIGHT_RUN: "1" };
      const secrets = { PILOTLIGHT_REGISTRATION_TOKEN: registrationToken };
      return { name, installation, pool, replica, env, secrets, machine };
    },
    up: (name) => stub.up(name),
    crash: (name) => stub.crash(name),
    changes: () => stub.changes(),
    changedSince: (changes) => stub.changedSince(changes),
    disturb: (seed) => stub.disturb(seed),
    calm() {
      stub.calm();
      // Who was asked to keep quiet may speak again.
      clock.advance(5_000);
    },
    close: () => stub.close(),
  };
}
