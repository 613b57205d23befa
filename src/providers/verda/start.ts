import { AppError, failureOf } from "../../errors/app-error.ts";
import type { Log } from "../../telemetry/log.ts";
import type { ReplicaSpec } from "../provider.ts";
import type { VerdaApi } from "./deployments.ts";
import { isRefusal, isUnknownOutcome, meansNoCapacity } from "./errors.ts";
import type { DeploymentAnswer } from "./schemas.ts";
import { ensureSecrets } from "./secrets.ts";
import { together } from "./together.ts";
import {
  changesOf,
  createBody,
  fullScaling,
  isScaledUp,
  type VerdaContainer,
  type WantedDeployment,
  wantedDeployment,
} from "./wanted.ts";

export interface StartParts {
  readonly api: VerdaApi;
  readonly container: VerdaContainer;
  /** Keys the hashes in the names of secrets. */
  readonly key: string;
  readonly log: Log;
}

/**
 * Brings the deployment of a replica to ask for one. It looks first, so it may be repeated from
 * any point. What has a replica is left alone: it runs, or starts, or must first be gone.
 */
export async function startReplica(parts: StartParts, spec: ReplicaSpec): Promise<void> {
  const { api } = parts;
  const deployment = await api.get(spec.name);
  if (deployment === null) {
    await createDeployment(parts, await wantedOf(parts, spec));
  } else {
    const replicas = await api.replicas(spec.name);
    if (replicas === null || replicas.length > 0) return;
    if (!(await wake(parts, deployment, await wantedOf(parts, spec)))) return;
  }
  if ((await api.status(spec.name)) === "quota_reached") {
    throw await giveUp(parts, spec.name, "quota_reached");
  }
}

async function wantedOf(parts: StartParts, spec: ReplicaSpec): Promise<WantedDeployment> {
  const names = await ensureSecrets(parts.api, spec, parts.key);
  return wantedDeployment(spec, parts.container, names);
}

async function createDeployment(parts: StartParts, wanted: WantedDeployment): Promise<void> {
  const { api } = parts;
  const { name } = wanted;
  try {
    await api.create(createBody(wanted));
  } catch (error) {
    if (meansNoCapacity(error)) throw await giveUp(parts, name, failureOf(error).detail);
    if (!isUnknownOutcome(error) && !isRefusal(error)) throw error;
    // It was seen to be made although the answer was 500; and a name may be refused as taken.
    if ((await api.get(name)) === null) throw error;
    parts.log.warn({ replica: name, err: error }, "created in spite of the answer");
  }
  // It was also seen to be made without any scaling.
  if (!isScaledUp(await api.scaling(name))) await api.patchScaling(name, fullScaling(1));
}

/** False when it must be gone first: a later order makes it anew. */
async function wake(
  parts: StartParts,
  deployment: DeploymentAnswer,
  wanted: WantedDeployment,
): Promise<boolean> {
  const { api } = parts;
  const { name } = wanted;
  const [status, scaling] = await together([api.status(name), api.scaling(name)]);
  if (status === "terminating" || !(await bringUpToDate(parts, deployment, wanted))) return false;
  try {
    if (status === "paused") await api.resume(name);
    if (!isScaledUp(scaling)) await api.patchScaling(name, fullScaling(1));
  } catch (error) {
    if (meansNoCapacity(error)) throw await giveUp(parts, name, failureOf(error).detail);
    throw error;
  }
  return true;
}

async function bringUpToDate(
  { api, log }: StartParts,
  deployment: DeploymentAnswer,
  wanted: WantedDeployment,
): Promise<boolean> {
  const env = deployment.containers?.[0]?.env ?? (await api.env(wanted.name));
  const changes = changesOf(wanted, deployment, env);
  if (changes === null) return true;
  try {
    await api.patch(wanted.name, changes.body);
    return true;
  } catch (error) {
    if (!changes.movesMachine || !isRefusal(error)) throw error;
    log.info({ replica: wanted.name, err: error }, "made anew, since its machine cannot change");
    await api.remove(wanted.name);
    return false;
  }
}

/**
 * Takes the order back, so that no replica comes up when nobody waits for it any more. Answers the
 * error to throw, also when that fails: what is left is seen by the next look.
 */
async function giveUp(parts: StartParts, name: string, why: string | null): Promise<AppError> {
  try {
    const exists = (await parts.api.get(name)) !== null;
    if (exists) await parts.api.patchScaling(name, fullScaling(0));
  } catch (error) {
    parts.log.warn({ replica: name, err: error }, "the order could not be taken back");
  }
  return new AppError("PROVIDER_NO_CAPACITY", why ?? name);
}
