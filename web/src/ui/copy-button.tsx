import { Check, Copy } from "lucide-react";
import { useState } from "react";

/** Copies, and says that it did. Not drawn where the browser forbids it (plain HTTP from afar). */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const [copied, setCopied] = useState(false);
  if (!("clipboard" in navigator)) return null;
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  const Icon = copied ? Check : Copy;
  return (
    <button
      type="button"
      aria-label={copied ? `Copied ${what}` : `Copy ${what}`}
      onClick={() => void copy().catch(() => undefined)}
      className="ml-1 inline-grid size-6 place-items-center rounded align-middle text-ink-2 hover:bg-sunken"
    >
      <Icon aria-hidden="true" className="size-3.5" />
    </button>
  );
}
