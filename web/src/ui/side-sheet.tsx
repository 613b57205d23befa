import { X } from "lucide-react";
import { type ReactNode, useId } from "react";
import { useModal } from "./use-modal.ts";

/** A sheet at the right edge, as the browser's own modal dialog: Escape closes it and gives the focus back. */
export function SideSheet({
  title,
  onClose,
  children,
}: {
  title: string;
  onClose: () => void;
  children: ReactNode;
}) {
  const ref = useModal();
  const titleId = useId();
  return (
    <dialog
      ref={ref}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      className="mr-0 ml-auto h-dvh max-h-dvh w-[min(44rem,100vw)] max-w-none border-l border-line bg-surface p-0 text-ink shadow-xl"
    >
      <div className="sticky top-0 z-10 flex items-center gap-2 border-b border-line bg-surface px-4 py-2">
        <h2 id={titleId} className="min-w-0 grow text-base font-semibold break-words">
          {title}
        </h2>
        <button
          type="button"
          onClick={onClose}
          aria-label="Close"
          className="grid size-8 shrink-0 place-items-center rounded-md hover:bg-sunken"
        >
          <X aria-hidden="true" className="size-4" />
        </button>
      </div>
      <div className="space-y-5 p-4">{children}</div>
    </dialog>
  );
}
