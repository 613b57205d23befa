import { setTimeout as pause } from "node:timers/promises";
import type { Random } from "../../../src/lib/random.ts";
import { type Home, killNow } from "../../support/home.ts";
import { type ProviderRig, type RigReplica, slotOf } from "./rig.ts";

/** Between the notice of a preemption and its end. */
const noticeMs = 2_000;

export interface LocalRig extends ProviderRig {
  /** Of `vision-1`: its container, and whoever stands before it. */
  processesOf(slot: string): readonly number[];
}

/** Containers as child processes of the control plane, found by what /proc shows of a home. */
export function createLocalRig(home: Home, random: Random): LocalRig {
  const all = (): (RigReplica & { isShim: boolean })[] =>
    home
      .processes()
      .filter(({ command }) => /worker\/main\.\w+/.test(command))
      .map(({ pid, env }) => ({
        pool: env.PILOTLIGHT_POOL ?? "",
        replica: Number(env.PILOTLIGHT_REPLICA),
        pid,
        isShim: env.CHAOS_SHIM === "1",
      }));
  const replicas = (): RigReplica[] => all().filter(({ isShim }) => !isShim);
  return {
    processesOf: (slot) =>
      all()
        .filter((one) => slotOf(one) === slot)
        .map(({ pid }) => pid),
    name: "local",
    stack: {},
    replicas,
    left: () => replicas().map(slotOf),
    calm: async () => undefined,
    rented: () => null,
    async preempt() {
      const running = replicas();
      const victim = running[Math.floor(random.next() * running.length)];
      if (victim === undefined) return null;
      signal(victim.pid, "SIGTERM");
      await pause(noticeMs);
      killNow(victim.pid);
      return victim;
    },
    stop: async () => undefined,
  };
}

/** One that is gone already hears nothing. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
