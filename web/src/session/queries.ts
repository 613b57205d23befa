import { queryOptions } from "@tanstack/react-query";
import { getJson, sessionUrl } from "../api/client.ts";
import type { SessionView } from "../api/types.ts";
import { noteSignedOut } from "./session-store.ts";

/** Asked once a page load, and again after a silence of the stream. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: ({ signal }) => getJson<SessionView>(sessionUrl, { signal }),
  staleTime: Number.POSITIVE_INFINITY,
});

const json = { "content-type": "application/json" };

/** @throws ApiError KEY_UNKNOWN among others */
export const signIn = (apiKey: string): Promise<SessionView> =>
  getJson<SessionView>(sessionUrl, {
    ...{ method: "POST", headers: json, body: JSON.stringify({ apiKey }) },
  });

/** One object for both ends: what it says it does not hear itself. */
const tabs = "BroadcastChannel" in globalThis ? new BroadcastChannel("pilotlight-session") : null;

/** Ends the session of this browser. Nothing of it stays: this tab and all others begin anew. */
export async function signOut(): Promise<void> {
  await getJson<SessionView>(sessionUrl, { method: "DELETE" });
  noteSignedOut();
  tabs?.postMessage("left");
  window.location.assign("/");
}

/** @returns a function that listens no longer */
export function followSignOut(): () => void {
  const leave = (): void => window.location.reload();
  tabs?.addEventListener("message", leave);
  return () => tabs?.removeEventListener("message", leave);
}
