import type { VerdaApi } from "./deployments.ts";
import { fullScaling, isScaledDown } from "./wanted.ts";

/**
 * Lets the deployment go of its replica, and pauses it once none is listed: whether a pause drains
 * is not known, so nothing may be left to drain by then. Answers true when it is out of the way.
 */
export async function stopReplica(api: VerdaApi, name: string): Promise<boolean> {
  const before = await api.replicas(name);
  if (before === null) return true;
  const status = before.length === 0 ? await api.status(name) : null;
  if (status === "paused") return true;
  if (status === "terminating") return false;
  const scaling = await api.scaling(name);
  if (!isScaledDown(scaling)) await api.patchScaling(name, fullScaling(0));
  // One may have come up just before the order reached it.
  const after = await api.replicas(name);
  if (after === null) return true;
  if (after.length > 0) return false;
  await api.pause(name);
  return true;
}
