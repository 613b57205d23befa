import { useQuery } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useId, useState } from "react";
import type { Explanation } from "../../../src/contract/explain.ts";
import { base, getJson, problemOf } from "../api/client.ts";
import { momentWords } from "../lib/format.ts";
import { ProblemNotice } from "./notice.tsx";
import { Skeleton } from "./panel.tsx";

/** Its place under the button that opened it, within the window. */
interface Place {
  readonly top: number;
  readonly left: number;
}

const widthMax = 416;
const marginPx = 16;

function placeUnder(button: Element): Place {
  const { bottom, left } = button.getBoundingClientRect();
  const width = Math.min(widthMax, window.innerWidth - 2 * marginPx);
  const free = window.innerHeight - bottom;
  return {
    // Where there is no room under it, further up: it covers the button, which Escape brings back.
    top: free > 260 ? bottom + 6 : Math.max(marginPx, window.innerHeight - 340),
    left: Math.max(marginPx, Math.min(left, window.innerWidth - width - marginPx)),
  };
}

/**
 * Why something waits, runs or was decided: the sentence with its inputs, what would change it, and where to
 * go on. The browser's own popover: Escape or a press beside it closes it, and focus stays at the button.
 */
export function Why({
  kind,
  id,
  about,
}: {
  kind: Explanation["kind"];
  id: string;
  /** Whose why: heard, not seen. */
  about: string;
}) {
  const popoverId = useId();
  const [place, setPlace] = useState<Place | null>(null);
  return (
    <>
      <button
        type="button"
        popoverTarget={popoverId}
        className="relative z-[1] inline-flex min-h-6 items-center rounded px-1 text-xs font-medium text-accent-ink underline underline-offset-2"
      >
        Why?<span className="sr-only"> {about}</span>
      </button>
      <div
        id={popoverId}
        popover="auto"
        role="dialog"
        aria-label={`Why: ${about}`}
        onToggle={({ newState, currentTarget }) => {
          const button = document.querySelector(
            `[popovertarget="${CSS.escape(currentTarget.id)}"]`,
          );
          setPlace(newState === "open" && button !== null ? placeUnder(button) : null);
        }}
        style={place === null ? undefined : { top: place.top, left: place.left }}
        className="fixed inset-auto m-0 max-h-[min(24rem,calc(100vh-2rem))] w-[min(26rem,calc(100vw-2rem))] overflow-y-auto rounded-xl border border-line bg-surface p-4 text-left text-[13px] font-normal whitespace-normal text-ink shadow-xl"
      >
        {place !== null && <Told kind={kind} id={id} />}
      </div>
    </>
  );
}

function Told({ kind, id }: { kind: Explanation["kind"]; id: string }) {
  const query = useQuery({
    queryKey: ["explain", kind, id],
    queryFn: ({ signal }) =>
      getJson<Explanation>(`${base}/explain/${kind}/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: 5000,
    gcTime: 0,
  });
  if (query.data === undefined) {
    if (query.isError) return <ProblemNotice problem={problemOf(query.error)} />;
    return <Skeleton className="h-40" />;
  }
  const { sentence, inputs, changes, next, links } = query.data;
  return (
    <>
      <p className="font-medium break-words">{sentence}</p>
      {changes.length > 0 && (
        <p className="mt-1 break-words text-ink-2">
          <span className="font-medium">What would change it:</span> {changes.join(" ")}
        </p>
      )}
      <Inputs inputs={inputs} />
      {next !== null && (
        <p className="mt-2 break-words">
          Next: <code className="font-mono text-xs">{next}</code>
        </p>
      )}
      <Links links={links} />
    </>
  );
}

const isInstant = (value: string): boolean => /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(value);

function Inputs({ inputs }: Pick<Explanation, "inputs">) {
  if (inputs.length === 0) return null;
  return (
    <table className="mt-2 w-full text-xs">
      <caption className="sr-only">What it comes from</caption>
      <thead className="sr-only">
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Value</th>
        </tr>
      </thead>
      <tbody>
        {inputs.map(({ name, value, unit }) => (
          <tr key={name} className="border-t border-line align-top">
            <th
              scope="row"
              className="max-w-40 py-1 pr-3 text-left font-normal break-words text-ink-2"
            >
              {name}
            </th>
            <td className="py-1 break-words tabular-nums">
              {isInstant(value) ? momentWords(value) : value}
              {unit !== null && ` ${unit}`}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Links({ links }: Pick<Explanation, "links">) {
  const router = useRouter();
  return (
    <p className="mt-2 flex flex-wrap gap-x-3">
      {links.map(({ label, path }) => (
        <a
          key={path}
          href={path}
          className="inline-flex min-h-6 items-center font-medium text-accent-ink underline underline-offset-2"
          onClick={(event) => {
            if (event.metaKey || event.ctrlKey || event.shiftKey) return;
            event.preventDefault();
            router.history.push(path);
          }}
        >
          {label}
        </a>
      ))}
    </p>
  );
}
