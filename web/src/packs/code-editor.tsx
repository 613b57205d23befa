import { useEffect, useLayoutEffect, useMemo, useRef } from "react";

export interface LineMark {
  readonly line: number;
  readonly message: string;
}

/** Line height in rem, the same for the text and for its numbers. */
const lineRem = 1.25;
const padRem = 0.5;

/**
 * A plain text field with line numbers, which the browser's own search, undo and spell checker know. What is wrong
 * stands beside its line; `goTo` puts the cursor there.
 */
export function CodeEditor({
  label,
  value,
  marks,
  goTo,
  onChange,
}: {
  label: string;
  value: string;
  marks: readonly LineMark[];
  /** A new object each time it is asked for. */
  goTo: { readonly line: number } | null;
  onChange: (text: string) => void;
}) {
  const field = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);
  const lines = useMemo(() => value.split("\n"), [value]);
  const marked = useMemo(() => new Set(marks.map(({ line }) => line)), [marks]);
  useEffect(() => {
    const area = field.current;
    if (goTo === null || area === null) return;
    const all = area.value.split("\n");
    const before = all.slice(0, goTo.line - 1).reduce((sum, line) => sum + line.length + 1, 0);
    area.focus();
    area.setSelectionRange(before, before + (all[goTo.line - 1]?.length ?? 0));
    const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    area.scrollTop = Math.max(0, (goTo.line - 6) * lineRem * rem);
  }, [goTo]);
  const follow = (): void => {
    const [area, numbers] = [field.current, gutter.current];
    if (area !== null && numbers !== null) numbers.scrollTop = area.scrollTop;
  };
  useLayoutEffect(follow);
  return (
    <div className="flex h-[28rem] overflow-hidden rounded-md border border-line-strong bg-surface focus-within:outline-2 focus-within:outline-accent">
      <div
        ref={gutter}
        aria-hidden="true"
        style={{ paddingBlock: `${padRem}rem` }}
        className="w-11 shrink-0 overflow-hidden border-r border-line bg-sunken font-mono text-xs text-ink-2 select-none"
      >
        {lines.map((_, at) => {
          const number = at + 1;
          return (
            <div
              key={number}
              style={{ height: `${lineRem}rem`, lineHeight: `${lineRem}rem` }}
              className={`pr-2 text-right tabular-nums ${marked.has(number) ? "bg-bad-soft font-semibold text-bad" : ""}`}
            >
              {marked.has(number) ? `● ${number}` : number}
            </div>
          );
        })}
      </div>
      <textarea
        ref={field}
        aria-label={label}
        aria-invalid={marks.length > 0}
        value={value}
        spellCheck={false}
        wrap="off"
        onScroll={follow}
        onChange={(event) => onChange(event.target.value)}
        style={{ lineHeight: `${lineRem}rem`, padding: `${padRem}rem` }}
        className="min-w-0 grow resize-none bg-transparent font-mono text-xs whitespace-pre outline-none"
      />
    </div>
  );
}
