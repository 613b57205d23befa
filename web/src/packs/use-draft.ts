import { useState } from "react";
import { type Draft, keepDraft, readDraft } from "./draft.ts";

const keeper = (): Storage => window.localStorage;

const stored = (name: string): Draft | null => {
  try {
    return readDraft(keeper(), name);
  } catch {
    return null;
  }
};

/** The draft of a pack in this browser; each change is kept at once. */
export function useDraft(name: string) {
  const [state, setState] = useState(() => ({ draft: stored(name), isKept: true }));
  const change = (draft: Draft | null): void => {
    let isKept = false;
    try {
      isKept = keepDraft(keeper(), name, draft);
    } catch {
      // Storage may be forbidden altogether.
    }
    setState({ draft, isKept });
  };
  return { ...state, change };
}
