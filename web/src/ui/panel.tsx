import type { ReactNode } from "react";

export function Panel({ className = "", children }: { className?: string; children: ReactNode }) {
  return (
    <section className={`rounded-lg border border-line bg-surface shadow-card ${className}`}>
      {children}
    </section>
  );
}

/** A block of final size while something loads; unseen for the first 150 ms. */
export function Skeleton({ className = "" }: { className?: string }) {
  return (
    <div
      aria-hidden="true"
      className={`animate-[appear_200ms_150ms_both] rounded bg-track ${className}`}
    />
  );
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="px-4 py-10 text-center">
      <p className="font-medium">{title}</p>
      {children !== undefined && (
        <div className="mx-auto mt-1 max-w-prose text-ink-2">{children}</div>
      )}
    </div>
  );
}
