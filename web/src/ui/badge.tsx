import type { ReactNode } from "react";
import type { Tone } from "../lib/event-data.ts";

const tones: Readonly<Record<Tone | "accent", string>> = {
  plain: "bg-sunken text-ink-2",
  accent: "bg-accent-soft text-accent-ink",
  good: "bg-good-soft text-good",
  warn: "bg-warn-soft text-warn",
  bad: "bg-bad-soft text-bad",
};

export function Badge({
  tone = "plain",
  children,
}: {
  tone?: Tone | "accent";
  children: ReactNode;
}) {
  return (
    <span
      className={`inline-flex items-center gap-1 rounded px-1.5 py-0.5 text-xs font-medium whitespace-nowrap ${tones[tone]}`}
    >
      {children}
    </span>
  );
}
