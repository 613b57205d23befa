import { queryOptions } from "@tanstack/react-query";
import { getJson, sessionUrl } from "../api/client.ts";
import type { SessionView } from "../api/types.ts";
import { isElsewhere, noteSignedOut } from "./session-store.ts";

/** Asked once a page load, and again after a silence of the stream. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: ({ signal }) => getJson<SessionView>(sessionUrl, { signal }),
  staleTime: Number.POSITIVE_INFINITY,
});

const json = { "content-type": "application/json" };

/** One object for both ends: what it says it does not hear itself. */
const tabs = "BroadcastChannel" in globalThis ? new BroadcastChannel("pilotlight-session") : null;

/** What tabs tell each other of the session that they share. */
type SessionNews =
  | { readonly kind: "left" }
  | { readonly kind: "entered"; readonly workspace: string };
const tell = (news: SessionNews): void => tabs?.postMessage(news);

/**
 * Signs in, and tells the other tabs where to.
 * @throws ApiError KEY_UNKNOWN among others
 */
export async function signIn(apiKey: string): Promise<SessionView> {
  const session = await getJson<SessionView>(sessionUrl, {
    ...{ method: "POST", headers: json, body: JSON.stringify({ apiKey }) },
  });
  if (session.workspace !== null) tell({ kind: "entered", workspace: session.workspace });
  return session;
}

/** Ends the session of this browser. Nothing of it stays: this tab and all others begin anew. */
export async function signOut(): Promise<void> {
  await getJson<SessionView>(sessionUrl, { method: "DELETE" });
  noteSignedOut();
  tell({ kind: "left" });
  window.location.assign("/");
}

/** Begins anew where another tab has left, or has gone to another workspace than is shown here. */
export function followSession(): () => void {
  const hear = ({ data }: MessageEvent<SessionNews>): void => {
    if (data.kind === "left" || isElsewhere(data.workspace)) window.location.reload();
  };
  tabs?.addEventListener("message", hear);
  return () => tabs?.removeEventListener("message", hear);
}
