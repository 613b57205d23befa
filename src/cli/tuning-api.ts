import type {
  ApplyBody,
  HistoryAnswer,
  PolicyVersionView,
  RevertBody,
  VersionsAnswer,
} from "../contract/tuning.ts";
import type { Call } from "./batch-api.ts";
import { checked } from "./checked.ts";

/** Versions of the scaling policy as the commands use them. Throws what the server answers. */
export interface TuningApi {
  history(days: number, signal: AbortSignal): Promise<HistoryAnswer>;
  /** Newest first. */
  versions(limit: number, signal: AbortSignal): Promise<VersionsAnswer>;
  apply(body: ApplyBody, signal: AbortSignal): Promise<PolicyVersionView>;
  revert(body: RevertBody, signal: AbortSignal): Promise<PolicyVersionView>;
}

const contract = () => import("../contract/tuning.ts");

/** @param call asks below `/api/scaling` */
export function tuningApi(call: Call): TuningApi {
  const post = async (path: string, body: object, signal: AbortSignal) => {
    const headers = { "content-type": "application/json" };
    const init = { method: "POST", body: JSON.stringify(body), headers };
    const { policyVersionView } = await contract();
    return checked(await call(path, signal, init), policyVersionView);
  };
  return {
    history: async (days, signal) =>
      checked(await call(`/history?days=${days}`, signal), (await contract()).historyAnswer),
    versions: async (limit, signal) =>
      checked(await call(`/versions?limit=${limit}`, signal), (await contract()).versionsAnswer),
    apply: (body, signal) => post("/versions", body, signal),
    revert: (body, signal) => post("/revert", body, signal),
  };
}
