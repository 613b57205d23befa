import type { ButtonHTMLAttributes } from "react";

type Kind = "primary" | "plain" | "quiet" | "danger";

const kinds: Readonly<Record<Kind, string>> = {
  primary: "bg-accent text-on-accent hover:opacity-90 border-transparent",
  plain: "bg-surface text-ink border-line hover:bg-sunken",
  quiet: "bg-transparent text-ink-2 border-transparent hover:bg-sunken hover:text-ink",
  danger: "bg-surface text-bad border-line hover:bg-bad-soft",
};

/** Looks of a button, for links that act like one. */
export const buttonClass = (kind: Kind = "plain"): string =>
  `inline-flex min-h-8 items-center justify-center gap-1.5 rounded-md border px-3 text-[13px] font-medium whitespace-nowrap transition-colors disabled:cursor-not-allowed disabled:opacity-50 ${kinds[kind]}`;

export function Button({
  kind = "plain",
  className = "",
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & { kind?: Kind }) {
  return <button type="button" className={`${buttonClass(kind)} ${className}`} {...rest} />;
}
