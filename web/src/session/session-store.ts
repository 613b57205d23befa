import { useSyncExternalStore } from "react";

/** Why a key is asked for: nobody has signed in, the session has ended, or another key is to be used. */
export type AskReason = "needed" | "ended" | "other";

interface SessionState {
  /** null: nobody is asked for a key. */
  readonly ask: AskReason | null;
  /** The workspace last signed in to from here; null: none yet. */
  readonly workspace: string | null;
}

export interface SignedIn {
  /** Another workspace than the one before, as far as it is known: nothing of that may be shown any longer. */
  readonly isOther: boolean;
}

let state: SessionState = { ask: null, workspace: null };
/** The workspace known last: kept also while it is not known where another tab has signed in to. */
let home: string | null = null;
const listeners = new Set<() => void>();
const signInListeners = new Set<(signedIn: SignedIn) => void>();
const moveListeners = new Set<() => void>();

function change(next: Partial<SessionState>): void {
  const changed = { ...state, ...next };
  if (changed.ask === state.ask && changed.workspace === state.workspace) return;
  state = changed;
  for (const listener of listeners) listener();
}

/** The API asks for a key. */
export function noteSignedOut(): void {
  if (state.ask === null) change({ ask: state.workspace === null ? "needed" : "ended" });
}

function settle(workspace: string): void {
  const isMoved = isElsewhere(workspace);
  home = workspace;
  if (isMoved) for (const listener of moveListeners) listener();
}

/** Another workspace than the one that this page has shown. */
export const isElsewhere = (workspace: string): boolean => home !== null && home !== workspace;

/** The workspace this page was found to be signed in to; it may have been all along. */
export function noteWorkspace(workspace: string): void {
  settle(workspace);
  change({ workspace });
}

/** @param workspace null: another tab did, and where to is not known here */
export function noteSignedIn(workspace: string | null): void {
  const isOther = workspace === null || workspace !== state.workspace;
  if (workspace !== null) settle(workspace);
  change({ ask: null, workspace });
  for (const listener of signInListeners) listener({ isOther });
}

export const askForOther = (): void => change({ ask: "other" });
/** Back to what can be seen with the key that is in use. */
export const keepKey = (): void => change({ ask: null });

/** A key is asked for, and the page stands still until it comes. */
export const isAsked = (): boolean => state.ask !== null;
/** Nobody is signed in: what is asked now is refused. */
export const isSignedOut = (): boolean => state.ask !== null && state.ask !== "other";

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
export function onSignedIn(listener: (signedIn: SignedIn) => void): () => void {
  signInListeners.add(listener);
  return () => signInListeners.delete(listener);
}
/** @param listener told when this page goes over from one workspace to another */
export function onMoved(listener: () => void): () => void {
  moveListeners.add(listener);
  return () => moveListeners.delete(listener);
}
export const onSession = subscribe;
export const useAsk = (): AskReason | null => useSyncExternalStore(subscribe, () => state.ask);
export const useWorkspace = (): string | null =>
  useSyncExternalStore(subscribe, () => state.workspace);
