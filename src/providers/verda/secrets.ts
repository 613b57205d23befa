import { createHmac } from "node:crypto";
import type { ReplicaSpec } from "../provider.ts";
import type { VerdaApi } from "./deployments.ts";
import { isRefusal, isUnknownOutcome, VerdaError } from "./errors.ts";
import { deploymentAnswer } from "./schemas.ts";

const hashChars = 10;

/**
 * Stored secrets are never read back, so the name carries a keyed hash of the value: a new value
 * is a new secret. They belong to the installation; its replicas share them.
 */
function secretName(installation: string, variable: string, value: string, key: string): string {
  const hash = createHmac("sha256", key).update(value).digest("hex").slice(0, hashChars);
  return `${prefixOf(installation)}${variable.toLowerCase().replaceAll("_", "-")}-${hash}`;
}

const prefixOf = (installation: string): string => `pl-${installation}-`;

/** Makes what is missing; answers the secrets' names by the variable they fill. */
export async function ensureSecrets(
  api: VerdaApi,
  spec: ReplicaSpec,
  key: string,
): Promise<ReadonlyMap<string, string>> {
  const values = Object.entries(spec.secrets);
  if (values.length === 0) return new Map();
  const stored = new Set(await api.secrets());
  const names = new Map<string, string>();
  for (const [variable, value] of values) {
    const name = secretName(spec.installation, variable, value, key);
    names.set(variable, name);
    if (!stored.has(name)) await createSecret(api, name, value);
  }
  return names;
}

/** Replicas that start together want the same ones: whoever comes second finds it made. */
async function createSecret(api: VerdaApi, name: string, value: string): Promise<void> {
  try {
    await api.createSecret(name, value);
  } catch (error) {
    if (!isRefusal(error) && !isUnknownOutcome(error)) throw error;
    if (!(await api.secrets()).includes(name)) throw error;
  }
}

/** Deletes the secrets of an installation that no deployment but `ended` refers to. */
export async function sweepSecrets(
  api: VerdaApi,
  installation: string,
  ended: string,
): Promise<void> {
  const stored = (await api.secrets()).filter((name) => name.startsWith(prefixOf(installation)));
  if (stored.length === 0) return;
  const used = await usedSecrets(api, ended);
  for (const name of stored.filter((one) => !used.has(one))) {
    try {
      await api.removeSecret(name);
    } catch (error) {
      // One that is still in use, or gone by now, is left to the next sweep.
      const isSettled = error instanceof VerdaError && [400, 404, 409].includes(error.status ?? 0);
      if (!isSettled) throw error;
    }
  }
}

async function usedSecrets(api: VerdaApi, ended: string): Promise<ReadonlySet<string>> {
  const used = new Set<string>();
  for (const row of await api.list()) {
    if (row.name === ended) continue;
    const read = deploymentAnswer.safeParse(row);
    const told = read.data?.containers?.[0]?.env ?? (await api.env(row.name));
    for (const { value_or_reference_to_secret: value } of told) if (value) used.add(value);
  }
  return used;
}
