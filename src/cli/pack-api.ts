import type {
  PackActivateBody,
  PackActivated,
  PackContent,
  PackDiff,
  PackDraftAnswer,
  PackDraftBody,
  PackList,
  PackRollbackBody,
  PackVersions,
} from "../contract/packs.ts";
import type { Call } from "./batch-api.ts";
import { checked } from "./checked.ts";

/** Versions of packs as the commands use them. Throws what the server answers. */
export interface PackApi {
  list(signal: AbortSignal): Promise<PackList>;
  /** Newest first. */
  versions(name: string, signal: AbortSignal): Promise<PackVersions>;
  content(name: string, version: number, signal: AbortSignal): Promise<PackContent>;
  /** Absent ends: from the active version, to the newest. */
  diff(
    name: string,
    ends: { readonly from?: number | undefined; readonly to?: number | undefined },
    signal: AbortSignal,
  ): Promise<PackDiff>;
  draft(name: string, body: PackDraftBody, signal: AbortSignal): Promise<PackDraftAnswer>;
  activate(name: string, body: PackActivateBody, signal: AbortSignal): Promise<PackActivated>;
  rollback(name: string, body: PackRollbackBody, signal: AbortSignal): Promise<PackActivated>;
}

const contract = () => import("../contract/packs.ts");

/** @param call asks below `/api/packs` */
export function packApi(call: Call): PackApi {
  const of = (name: string): string => `/${encodeURIComponent(name)}`;
  const post = (path: string, body: object, signal: AbortSignal): Promise<unknown> =>
    call(path, signal, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    });
  return {
    list: async (signal) => checked(await call("", signal), (await contract()).packList),
    versions: async (name, signal) =>
      checked(await call(of(name), signal), (await contract()).packVersions),
    content: async (name, version, signal) =>
      checked(
        await call(`${of(name)}/versions/${version}`, signal),
        (await contract()).packContent,
      ),
    async diff(name, { from, to }, signal) {
      const query = new URLSearchParams();
      if (from !== undefined) query.set("from", String(from));
      if (to !== undefined) query.set("to", String(to));
      return checked(await call(`${of(name)}/diff?${query}`, signal), (await contract()).packDiff);
    },
    draft: async (name, body, signal) =>
      checked(await post(`${of(name)}/versions`, body, signal), (await contract()).packDraftAnswer),
    activate: async (name, body, signal) =>
      checked(await post(`${of(name)}/activate`, body, signal), (await contract()).packActivated),
    rollback: async (name, body, signal) =>
      checked(await post(`${of(name)}/rollback`, body, signal), (await contract()).packActivated),
  };
}
