import type { EndedRun } from "../../core/fleet/match.ts";
import { endContainer, readLastWords } from "../../db/containers.ts";
import { noteRefusal } from "../../db/refusals.ts";
import { adoptReplica, endReplica, noteSeen, type ReplicaRow } from "../../db/replicas.ts";
import type { Failure } from "../../errors/app-error.ts";
import { isErrorCode } from "../../errors/codes.ts";
import { pendingRef, type ReplicaSighting } from "../../providers/provider.ts";
import type { ServiceContext } from "../context.ts";

/** An open run under the name its provider knows it by. */
export interface NamedRun {
  readonly name: string;
  readonly providerRef: string | null;
  readonly isDraining: boolean;
  readonly row: ReplicaRow;
}

type Ended = EndedRun<NamedRun, ReplicaSighting>;

/** A run that ended: as wanted when it was draining, else a failure. Its leases are free. */
export async function recordEnd(context: ServiceContext, ended: Ended): Promise<void> {
  const { run, sighting } = ended;
  const { pool, replica } = run.row;
  const how = wordsOf(ended);
  const said = failureIn(await readLastWords(context.sql, pool, replica));
  // What came up in its place may have registered already.
  const nextFromMs = ended.how === "replaced" ? (sighting?.startedAtMs ?? null) : null;
  await endContainer(context.sql, pool, replica, how, nextFromMs);
  const asWanted = run.isDraining || run.row.drain;
  const failure = asWanted ? null : (said ?? failureOf(ended, how));
  if (failure !== null && run.row.spot) {
    // What was taken back once is taken back again soon: the next start looks elsewhere first.
    await noteRefusal(context.sql, { ...run.row, code: "REPLICA_PREEMPTED" });
  }
  await endReplica(context.sql, pool, replica, failure, nextFromMs);
  if (failure === null) return;
  const { name } = run;
  context.log.warn({ replica: name, how, tail: sighting?.exit?.logTail }, "a container is gone");
}

function wordsOf({ how, sighting }: Ended): string {
  if (how === "replaced") return "replaced by the provider";
  if (how === "vanished") return "not there any more";
  const exit = sighting?.exit;
  return exit?.signal ? `killed by ${exit.signal}` : `ended with code ${exit?.code ?? "?"}`;
}

function failureOf({ run, how }: Ended, words: string): Failure {
  if (how === "exited") return { code: "CONTAINER_LOST", detail: `The process was ${words}.` };
  const code = run.row.spot || how === "replaced" ? "REPLICA_PREEMPTED" : "CONTAINER_LOST";
  return { code, detail: `It was ${words}.` };
}

/** A container that cannot start says why as `CODE: detail`. */
function failureIn(words: string | null): Failure | null {
  const [code, ...rest] = words?.split(": ") ?? [];
  return isErrorCode(code) ? { code, detail: rest.join(": ") || null } : null;
}

/** Writes what the provider shows of a run, if that is news. Answers whether it was. */
export async function recordSeen(
  context: ServiceContext,
  { row }: NamedRun,
  seen: ReplicaSighting,
): Promise<boolean> {
  const providerRef = seen.providerRef === pendingRef ? null : seen.providerRef;
  const isNews =
    (providerRef !== null && providerRef !== row.providerRef) ||
    (seen.startedAtMs !== null && row.billedFrom === null) ||
    seen.trouble !== row.trouble ||
    row.phase === "requested" ||
    (seen.phase === "pulling_image" && row.phase === "provisioning");
  if (isNews) await noteSeen(context.sql, row.id, { ...seen, providerRef });
  return isNews;
}

/** Takes over a replica that nobody here asked for. */
export async function adopt(
  context: ServiceContext,
  provider: { readonly name: string; readonly billingQuantumMs: number },
  seen: ReplicaSighting,
  microUsdPerHour: number | "unpriced" | null,
): Promise<boolean> {
  const machine = seen.machine ?? { gpu: null, gpus: 0, region: null, spot: false };
  const adopted = await adoptReplica(context.sql, {
    ...machine,
    pool: seen.pool,
    replica: seen.replica,
    provider: provider.name,
    microUsdPerHour,
    quantumMs: provider.billingQuantumMs,
    reason: "found running: adopted",
    providerRef: seen.providerRef === pendingRef ? null : seen.providerRef,
    startedAtMs: seen.startedAtMs,
  });
  if (adopted) context.log.warn({ replica: seen.name }, "adopted a replica nobody asked for");
  return adopted;
}
