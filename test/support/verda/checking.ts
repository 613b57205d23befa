import { poolNeeds } from "../../../src/core/fleet/needs.ts";
import { manualClock } from "../../../src/lib/clock.ts";
import { type VerifyOptions, verifyVerda } from "../../../src/providers/verda/verify/verify.ts";
import { createLog } from "../../../src/telemetry/log.ts";
import type { StubRunner } from "./runner.ts";
import type { StubOptions } from "./state.ts";
import { startVerdaStub, type VerdaStub } from "./verda-stub.ts";

/** From its start until a container is up. */
const readyMs = 30_000;
/** From SIGTERM to the end of a container that obeys it, and of one that does not. */
const endMs = { obedient: 3_000, stubborn: 20_000 };
/** From its answer until a delete is done, where it is not at once. */
const deleteMs = 4_000;

/** What happens once the clock has come so far. */
interface Due {
  readonly atMs: number;
  readonly happen: () => void;
}

export interface Checking {
  readonly stub: VerdaStub;
  readonly said: readonly string[];
  readonly plans: readonly string[];
  readonly nowMs: () => number;
  /** Runs the check against the stub; time passes only while it waits. */
  verify(rest?: Partial<VerifyOptions>): ReturnType<typeof verifyVerda>;
}

/**
 * A stub of Verda, and the check of it. Containers end a while after SIGTERM on the clock; the
 * stand-in only when the grace is over, or when it is killed.
 */
export async function openChecking(given: Partial<StubOptions> = {}): Promise<Checking> {
  const clock = manualClock(Date.parse("2026-10-01T08:00:00Z"));
  const dues: Due[] = [];
  const after = (ms: number, happen: () => void): void =>
    void dues.push({ atMs: clock.nowMs() + ms, happen });
  const stub = await startVerdaStub({
    ...{ clock, runner: timedRunner(after) },
    deferDelete: (end) => after(deleteMs, end),
    ...given,
  });
  const said: string[] = [];
  const plans: string[] = [];
  const pause = async (ms: number): Promise<void> => {
    clock.advance(ms);
    for (const due of dues.splice(0)) {
      if (due.atMs <= clock.nowMs()) due.happen();
      else dues.push(due);
    }
    await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    ...{ stub, said, plans, nowMs: () => clock.nowMs() },
    verify: (rest = {}) =>
      verifyVerda({
        verda: {
          ...{ name: "verda", region: null, installation: "ours", apiUrl: stub.apiUrl, clock },
          ...{ clientId: stub.clientId, clientSecret: stub.clientSecret },
          ...{ image: "registry.invalid/pilotlight:1.0.0", registryCredentials: null },
          log: createLog({ name: "control", level: "silent" }),
        },
        needs: { ...poolNeeds.text, gpuTypes: ["L40S", "A100 80GB"], spot: "never" },
        limitMicroUsd: 2_000_000,
        env: { PILOTLIGHT_POOL: "text" },
        secrets: { PILOTLIGHT_CONTAINER_TOKEN: "a-secret-that-nobody-may-read" },
        isHealthy: null,
        pause,
        signal: new AbortController().signal,
        say: (sentence) => void said.push(sentence),
        confirm: async (plan) => {
          plans.push(plan);
          return true;
        },
        ...rest,
      }),
  };
}

function timedRunner(after: (ms: number, happen: () => void) => void): StubRunner {
  return {
    start({ env }) {
      let end = (): void => undefined;
      const exited = new Promise<void>((resolve) => {
        end = resolve;
      });
      const lastsMs = env.PILOTLIGHT_STAND_IN === undefined ? endMs.obedient : endMs.stubborn;
      return {
        exited,
        ready: new Promise((resolve) => after(readyMs, resolve)),
        stop(signal) {
          if (signal === "SIGKILL") setImmediate(end);
          else after(lastsMs, end);
        },
      };
    },
  };
}
