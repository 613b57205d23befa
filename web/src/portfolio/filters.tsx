import { useNavigate } from "@tanstack/react-router";
import { ListFilter, X } from "lucide-react";
import { useId, useState } from "react";
import type { PortfolioColumn } from "../../../src/contract/portfolio.ts";
import {
  documentColumns,
  type FilterOp,
  opsOfDocument,
  readFilter,
} from "../../../src/core/portfolio/filter.ts";
import { Button, buttonClass } from "../ui/button.tsx";
import type { PortfolioSearch } from "./search.ts";

const opWords: Readonly<Record<FilterOp, string>> = {
  contains: "contains",
  is: "is",
  from: "from",
  to: "up to",
  found: "is found",
  missing: "is not found",
  conflict: "is in conflict",
  reviewed: "is verified or corrected",
  corrected: "was corrected",
  flagged: "is flagged",
};

const states: readonly FilterOp[] = [
  "found",
  "missing",
  "conflict",
  "reviewed",
  "corrected",
  "flagged",
];

/** What makes sense to ask of a field. */
function opsOf(path: string, type: string): readonly FilterOp[] {
  const ofDocument = opsOfDocument(path);
  if (ofDocument !== undefined) return ofDocument;
  const own: readonly FilterOp[] =
    type === "number" || type === "date" || type === "money" || type === "ask"
      ? ["from", "to", "is"]
      : ["contains", "is"];
  return [...own, ...states];
}

const field = "h-8 min-w-0 rounded-md border border-line-strong bg-surface px-2 text-[13px]";

/** The filters that hold, each with a way out, and one more. */
export function Filters({
  search,
  columns,
}: {
  search: PortfolioSearch;
  columns: readonly PortfolioColumn[];
}) {
  const navigate = useNavigate({ from: "/portfolio" });
  const [isAdding, setAdding] = useState(false);
  const { filter = [] } = search;
  const set = (next: readonly string[]): void =>
    void navigate({
      search: ({ filter: _, ...rest }: PortfolioSearch) =>
        next.length === 0 ? rest : { ...rest, filter: next },
    });
  return (
    <>
      {filter.map((one) => (
        <span
          key={one}
          className="inline-flex min-h-7 items-center gap-1 rounded-md bg-accent-soft pl-2 text-[13px] text-accent-ink"
        >
          {words(one, columns)}
          <button
            type="button"
            onClick={() => set(filter.filter((other) => other !== one))}
            className="inline-flex size-7 items-center justify-center rounded-md hover:bg-surface"
          >
            <X aria-hidden="true" className="size-3.5" />
            <span className="sr-only">Remove the filter: {words(one, columns)}</span>
          </button>
        </span>
      ))}
      {isAdding ? (
        <AddFilter
          columns={columns}
          onAdd={(one) => {
            setAdding(false);
            set([...new Set([...filter, one])]);
          }}
          onClose={() => setAdding(false)}
        />
      ) : (
        <Button onClick={() => setAdding(true)}>
          <ListFilter aria-hidden="true" className="size-3.5" /> Filter
        </Button>
      )}
    </>
  );
}

function words(written: string, columns: readonly PortfolioColumn[]): string {
  const filter = readFilter(written);
  if (typeof filter === "string") return written;
  const title = [...columns, ...documentColumns].find(({ path }) => path === filter.path)?.title;
  if (filter.path === "deck.version") return "Newest versions only";
  return [title ?? filter.path, opWords[filter.op], filter.text]
    .filter((part) => part !== "")
    .join(" ");
}

const placeholders: Readonly<Record<string, string>> = {
  ask: "2.5M EUR",
  money: "2.5M EUR",
  date: "2026-05",
  number: "3",
};

function AddFilter({
  columns,
  onAdd,
  onClose,
}: {
  columns: readonly PortfolioColumn[];
  onAdd: (filter: string) => void;
  onClose: () => void;
}) {
  const id = useId();
  const all = [...columns, ...documentColumns];
  const [path, setPath] = useState(all[0]?.path ?? "deck.name");
  const type = all.find((one) => one.path === path)?.type ?? "text";
  const ops = opsOf(path, type);
  const [asked, setOp] = useState<FilterOp>("contains");
  const op = ops.includes(asked) ? asked : (ops[0] ?? "contains");
  const [text, setText] = useState("");
  const isState = states.includes(op);
  const units = columns.find((one) => one.path === path)?.units ?? [];
  return (
    <form
      aria-label="Add a filter"
      onSubmit={(event) => {
        event.preventDefault();
        onAdd(isState ? `${path}:${op}` : `${path}:${op}:${withUnit(text, units)}`);
      }}
      onKeyDown={({ key }) => key === "Escape" && onClose()}
      className="flex w-full flex-wrap items-center gap-2 rounded-md border border-line bg-sunken p-2"
    >
      <label className="sr-only" htmlFor={`${id}-field`}>
        Field
      </label>
      <select
        id={`${id}-field`}
        // biome-ignore lint/a11y/noAutofocus: the button that opened this is gone
        autoFocus
        value={path}
        onChange={({ target }) => setPath(target.value)}
        className={`${field} max-sm:w-full`}
      >
        {all.map((one) => (
          <option key={one.path} value={one.path}>
            {one.title}
          </option>
        ))}
      </select>
      <label className="sr-only" htmlFor={`${id}-op`}>
        How
      </label>
      <select
        id={`${id}-op`}
        value={op}
        onChange={({ target }) => setOp(target.value as FilterOp)}
        className={field}
      >
        {ops.map((one) => (
          <option key={one} value={one}>
            {opWords[one]}
          </option>
        ))}
      </select>
      {!isState && (
        <>
          <label className="sr-only" htmlFor={`${id}-text`}>
            Value
          </label>
          <input
            id={`${id}-text`}
            required
            value={text}
            maxLength={200}
            placeholder={placeholders[type] ?? ""}
            onChange={({ target }) => setText(target.value)}
            className={`${field} w-40 grow sm:max-w-60`}
          />
        </>
      )}
      <button type="submit" className={buttonClass("primary")}>
        Add
      </button>
      <Button onClick={onClose}>Cancel</Button>
      {units.length > 0 && (op === "from" || op === "to") && (
        <p className="w-full text-xs text-ink-2">
          {units.length > 1
            ? `Name the currency (${units.join(", ")}): amounts are not converted.`
            : `Amounts are in ${units[0]}; those of other currencies are not compared.`}
        </p>
      )}
    </form>
  );
}

/** Where only one currency occurs, nobody has to name it. */
const withUnit = (text: string, units: readonly string[]): string =>
  units.length === 1 && !/[a-z]{3}/i.test(text) ? `${text.trim()} ${units[0]}` : text.trim();
