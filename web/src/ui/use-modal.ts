import { type RefObject, useLayoutEffect, useRef } from "react";

/** The browser's own modal dialog, open as long as it is there. */
export function useModal(): RefObject<HTMLDialogElement | null> {
  const ref = useRef<HTMLDialogElement>(null);
  // A layout effect, so that closing comes before the element leaves: only then focus is given back.
  useLayoutEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return ref;
}
