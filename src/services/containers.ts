import { randomBytes, timingSafeEqual } from "node:crypto";
import { addLogLines } from "../db/container-logs.ts";
import {
  heartbeat,
  type KnownContainer,
  readLostLeases,
  recordPull,
  registerContainer,
  setReader,
} from "../db/containers.ts";
import { type FileRef, readNewlyForgotten } from "../db/deletion.ts";
import { readUnnamedLeases } from "../db/leases.ts";
import type { LeaseKey } from "../db/moves.ts";
import { AppError } from "../errors/app-error.ts";
import { announce, type ServiceContext } from "./context.ts";
import { createKnownContainers, hashOf } from "./known-containers.ts";
import type { Turnstile } from "./turnstile/turnstile.ts";

export interface Registration {
  readonly protocol: number;
  readonly bootId: string;
  readonly pool: string;
  readonly replica: number;
  readonly run?: number | null | undefined;
  readonly containerId: string | null;
  readonly features: readonly string[];
  readonly limits: { readonly slots: number; readonly maxConcurrentPipelines: number };
  readonly coordinationUrl: string | null;
  readonly engine: { readonly name: string; readonly model: string | null };
  readonly gpu: string | null;
  readonly pid: number | null;
}

export interface ContainerTimings {
  readonly heartbeatMs: number;
  readonly ttlMs: number;
  readonly pollMs: number;
}

export interface Containers {
  register(token: string, body: Registration): Promise<{ id: string; token: string }>;
  /** Throws CONTAINER_UNKNOWN. */
  authenticate(token: string): Promise<KnownContainer>;
  heartbeat(
    container: KnownContainer,
    beat: {
      readonly bootId: string;
      readonly phase: string;
      readonly leases: readonly LeaseKey[];
      readonly note: string | null;
      readonly bytes?: { readonly done: number; readonly total: number } | null | undefined;
    },
  ): Promise<{ drain: boolean; lost: LeaseKey[]; forgotten: FileRef[] }>;
  /** What it says of who reads there; answers the container as it is known now. */
  tellReader(container: KnownContainer, reader: string | null): Promise<KnownContainer>;
  /** Keeps the last lines of a container. */
  log(container: KnownContainer, lines: readonly string[]): Promise<void>;
}

const protocolVersion = 1;

/** Who may register is who holds this installation's registration token. */
export function createContainers(
  context: ServiceContext,
  turnstile: Turnstile,
  registrationToken: string,
  timings: ContainerTimings,
): Containers {
  const known = createKnownContainers(context);
  return {
    async register(token, body) {
      if (!timingSafeEqual(hashOf(token), hashOf(registrationToken)))
        throw new AppError("UNAUTHORIZED");
      if (body.protocol !== protocolVersion) {
        throw new AppError(
          "PROTOCOL_UNSUPPORTED",
          `It speaks ${body.protocol}, this speaks ${protocolVersion}.`,
        );
      }
      const own = randomBytes(32).toString("base64url");
      // Not the boot id: a container that was given up registers again in the same boot.
      const id = `${body.pool}-${body.replica}.${randomBytes(4).toString("hex")}`;
      const isIn = await registerContainer(context.sql, {
        ...body,
        id,
        tokenHash: hashOf(own),
        capabilities: capabilitiesOf(body),
        slots: body.limits.slots,
        maxConcurrentPipelines: body.limits.maxConcurrentPipelines,
        visualCacheAccess: body.pool !== "vision",
        ttlMs: timings.ttlMs,
      });
      if (!isIn) throw new AppError("FORBIDDEN", "The run this container was started for is over.");
      // Whoever had this replica before has ended with it.
      known.forgetAll();
      announce(context);
      return { id, token: own };
    },
    async authenticate(token) {
      const container = token === "" ? undefined : await known.find(token);
      if (!container) throw new AppError("CONTAINER_UNKNOWN");
      return container;
    },
    async heartbeat(container, beat) {
      if (beat.bootId !== container.bootId) throw new AppError("CONTAINER_UNKNOWN");
      const { phase, note } = beat;
      const answer = await heartbeat(context.sql, container.id, {
        phase,
        note,
        ttlMs: timings.ttlMs,
        leases: beat.leases.length,
      });
      if (!answer) {
        known.forgetAll();
        throw new AppError("CONTAINER_UNKNOWN");
      }
      if (beat.bytes) await recordPull(context.sql, container.id, beat.bytes);
      if (answer.before !== phase) announce(context);
      await giveBackUnnamed(context, turnstile, container, beat.leases, 2 * timings.ttlMs);
      return {
        drain: answer.drain,
        lost: await readLostLeases(context.sql, container.id, beat.leases),
        forgotten: await readNewlyForgotten(context.sql, 2 * timings.ttlMs),
      };
    },
    async tellReader(container, reader) {
      if (reader === container.reader) return container;
      await setReader(context.sql, container.id, reader);
      known.forgetAll();
      return { ...container, reader };
    },
    log: (container, lines) => addLogLines(context.sql, container.id, lines),
  };
}

async function giveBackUnnamed(
  context: ServiceContext,
  turnstile: Turnstile,
  container: KnownContainer,
  named: readonly LeaseKey[],
  quietMs: number,
): Promise<void> {
  const unnamed = await readUnnamedLeases(context.sql, container.id, named, quietMs);
  if (unnamed.length === 0) return;
  context.log.warn({ container: container.id, count: unnamed.length }, "leases never arrived");
  const outcome = { kind: "released" } as const;
  await turnstile.pass(
    container,
    unnamed.map((key) => ({ key, outcome })),
    0,
  );
}

/** The PRD's flags, derived from what the container says it can do. */
function capabilitiesOf(body: Registration): Record<string, boolean> {
  const tasks = body.features.filter((feature) => !feature.includes(":"));
  const flags = Object.fromEntries(tasks.map((task) => [task, true]));
  const sees = body.pool !== "text";
  return sees
    ? { ...flags, parallel_processing: body.limits.slots > 1, cache_visual_results: true }
    : { ...flags, consume_visual_cache: true, parallel_specialized: body.limits.slots > 1 };
}
