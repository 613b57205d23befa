import type { ReactNode } from "react";

/** A number with its name above it and what it leaves open below. */
export function Figure({
  title,
  value,
  children,
}: {
  title: string;
  value: string;
  children?: ReactNode;
}) {
  return (
    <div>
      <dt className="text-xs text-ink-3">{title}</dt>
      <dd className="text-lg font-semibold tabular-nums">
        {value}
        {children !== undefined && (
          <span className="block text-xs font-normal text-ink-3">{children}</span>
        )}
      </dd>
    </div>
  );
}
