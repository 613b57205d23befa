import { failureOf } from "../../../errors/app-error.ts";
import { isNotFound } from "../errors.ts";
import { stopReplica } from "../stop.ts";
import type { Asking } from "./parts.ts";
import type { Watch } from "./watch.ts";

/** After this the deployment is deleted whatever it still lists: a delete ends its container, too. */
const emptyLimitMs = 180_000;
const goneLimitMs = 300_000;
const againMs = 5_000;
/** Half a minute to let go in good order, five to delete: giving up is dear. */
const tries = { gently: 6, surely: 60 };

/**
 * Takes the whole check back: scales to zero, waits for the empty list, pauses, deletes deployment
 * and secrets, and looks again. Answers what is left, in words, or null. It hears no signal and
 * repeats what fails, since what stays behind is paid for.
 */
export async function undo(asking: Asking, name: string, watch: Watch): Promise<string | null> {
  const never = new AbortController().signal;
  /** null: done. */
  const attempt = async (most: number, work: () => Promise<void>): Promise<string | null> => {
    for (let n = 1; ; n += 1) {
      try {
        await work();
        return null;
      } catch (error) {
        const { code, detail } = failureOf(error);
        const sentence = `${code} ${detail ?? ""}`.trim();
        if (n === most) return sentence;
        if (n === 1) asking.say(`Trying again for a while: ${sentence}`);
        await asking.pause(againMs, never);
      }
    }
  };
  // A deployment that cannot be scaled or paused is deleted all the same.
  await attempt(tries.gently, async () => {
    if (await stopReplica(asking.api, name)) return;
    await watch.until(({ replicas }) => (replicas ?? []).length === 0, emptyLimitMs, never);
    await stopReplica(asking.api, name);
  });
  const kept = await attempt(tries.surely, () => removeFirst(asking, name));
  const unseen = await attempt(tries.gently, async () => {
    await watch.until(({ replicas }) => replicas === null, goneLimitMs, never);
  });
  // A secret is in use for as long as the deployment is told of.
  const stored = await attempt(tries.gently, () => asking.provider.endOf(name));
  // A create without an answer may show its deployment late.
  await asking.pause(againMs, never);
  const found = await whatIsLeft(asking, name);
  return found === null ? null : ([kept, unseen, stored].find((one) => one !== null) ?? found);
}

/** The last look: null when there is neither deployment nor secret. */
async function whatIsLeft({ api, installation }: Asking, name: string): Promise<string | null> {
  try {
    if ((await api.get(name)) !== null) return `${name} is still told of`;
    const prefix = `pl-${installation}-`;
    const secrets = (await api.secrets()).filter((secret) => secret.startsWith(prefix));
    return secrets.length === 0 ? null : `secrets are still stored: ${secrets.join(", ")}`;
  } catch (error) {
    return `nobody could look: ${failureOf(error).detail ?? "no answer"}`;
  }
}

/** The delete that is looked at closely. */
async function removeFirst({ api, witness, notebook }: Asking, name: string): Promise<void> {
  try {
    await api.remove(name);
  } catch (error) {
    if (isNotFound(error)) return;
    throw error;
  }
  const isGone = (await api.get(name)) === null;
  const { status } = witness.last("DELETE", `/container-deployments/${name}`) ?? {};
  if (status !== undefined) notebook.settle("delete_status", status, "DELETE with timeout=0");
  const told = isGone ? "not found at the next call" : "still told of at the next call";
  notebook.settle("delete_at_once", isGone, `DELETE with timeout=0, then ${told}`);
}
