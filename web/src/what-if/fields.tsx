import { useEffect, useState } from "react";
import { within } from "./search.ts";

const input =
  "block min-h-8 w-full min-w-0 rounded-md border border-line-strong bg-surface px-2 tabular-nums aria-invalid:border-bad disabled:opacity-60";

/** A number, or nothing: then the standing value holds, which is shown in its place. */
export function NumberField({
  label,
  isLabelHidden = false,
  value,
  standing,
  hint,
  bounds,
  disabled = false,
  onChange,
}: {
  label: string;
  isLabelHidden?: boolean;
  value: number | undefined;
  standing: number;
  hint?: string;
  bounds: readonly [least: number, most: number, isWhole: boolean];
  disabled?: boolean;
  onChange: (value: number | undefined) => void;
}) {
  const [text, setText] = useState(value === undefined ? "" : String(value));
  const [least, most] = bounds;
  const isWrong = text.trim() !== "" && within(bounds, text.trim()) === undefined;
  // The address may change by itself, as by the way back.
  useEffect(() => {
    setText((was) => {
      const read = was.trim() === "" ? undefined : within(bounds, was.trim());
      return read === value ? was : value === undefined ? "" : String(value);
    });
  }, [value, bounds]);
  return (
    <label className="block min-w-0 text-[13px] font-medium">
      <span className={isLabelHidden ? "sr-only" : ""}>{label}</span>
      <input
        type="text"
        inputMode="decimal"
        autoComplete="off"
        value={text}
        placeholder={String(standing)}
        disabled={disabled}
        aria-invalid={isWrong}
        title={`From ${least} to ${most}`}
        onChange={(event) => {
          const next = event.target.value;
          setText(next);
          const read = next.trim() === "" ? undefined : within(bounds, next.trim());
          if (read !== value && (read !== undefined || next.trim() === "")) onChange(read);
        }}
        className={`${input} placeholder:text-ink-2 ${isLabelHidden ? "" : "mt-1"}`}
      />
      {isWrong && (
        <span role="alert" className="text-xs font-normal text-bad">
          From {least} to {most.toLocaleString("en-US")}
        </span>
      )}
      {hint !== undefined && <span className="text-xs font-normal text-ink-2">{hint}</span>}
    </label>
  );
}

/** A text that is taken when the field is left, or at Enter. */
export function TextField({
  label,
  value,
  list,
  onChange,
}: {
  label: string;
  value: string;
  list: string;
  onChange: (value: string) => void;
}) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const take = (): void => {
    if (text.trim() !== value) onChange(text.trim());
  };
  return (
    <input
      type="text"
      aria-label={label}
      list={list}
      value={text}
      maxLength={200}
      spellCheck={false}
      onChange={(event) => setText(event.target.value)}
      onBlur={take}
      onKeyDown={(event) => {
        if (event.key === "Enter") take();
      }}
      className={input}
    />
  );
}
