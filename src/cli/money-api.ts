import type { ZodType } from "zod";
import type { CostGrouping, Costs } from "../contract/costs.ts";
import type { Rollout } from "../contract/rollout.ts";
import type { Slos } from "../contract/slos.ts";
import type { Api } from "./api-client.ts";
import { checked } from "./checked.ts";

/** What is asked of costs; days are UTC and both counted in. */
export interface CostAsk {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly by: CostGrouping;
  readonly baseline?: number | undefined;
}

const get = async <T>(
  api: Api,
  path: string,
  signal: AbortSignal,
  schema: () => Promise<ZodType<T>>,
): Promise<T> => checked(await (await api.raw(path, {}, signal)).json(), await schema());

export const readCosts = (api: Api, ask: CostAsk, signal: AbortSignal): Promise<Costs> =>
  get(api, costsPath(ask), signal, async () => (await import("../contract/costs.ts")).costs);

export async function readCostsCsv(api: Api, ask: CostAsk, signal: AbortSignal): Promise<string> {
  const headers = { accept: "text/csv" };
  return (await api.raw(costsPath(ask), { headers }, signal)).text();
}

export const readSlos = (api: Api, signal: AbortSignal): Promise<Slos> =>
  get(api, "/api/slos", signal, async () => (await import("../contract/slos.ts")).slos);

export const readRollout = (api: Api, signal: AbortSignal): Promise<Rollout> =>
  get(api, "/api/rollout", signal, async () => (await import("../contract/rollout.ts")).rollout);

function costsPath(ask: CostAsk): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(ask)) {
    if (value !== undefined) params.set(name, String(value));
  }
  return `/api/costs?${params}`;
}
