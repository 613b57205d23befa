import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useEffect, useId, useRef, useState } from "react";
import { clockWords } from "../lib/format.ts";
import { AsyncPanel } from "../ui/async-panel.tsx";
import { Button } from "../ui/button.tsx";
import { logQuery } from "./queries.ts";

type Line = { readonly id: number; readonly at: string; readonly line: string };

const textOf = (lines: readonly Line[]): string =>
  lines.map(({ at, line }) => `${at} ${line}\n`).join("");

function download(name: string, lines: readonly Line[]): void {
  const url = URL.createObjectURL(new Blob([textOf(lines)], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${name}.log`;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

function Lines({ lines, follow }: { lines: readonly Line[]; follow: boolean }) {
  const end = useRef<HTMLOListElement>(null);
  const last = lines.at(-1)?.id;
  useEffect(() => {
    const list = end.current;
    if (follow && last !== undefined && list !== null) list.scrollTop = list.scrollHeight;
  }, [follow, last]);
  return (
    <ol
      ref={end}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
      tabIndex={0}
      aria-label="Log lines"
      className="max-h-80 overflow-auto rounded-md border border-line bg-sunken p-2 font-mono text-xs"
    >
      {lines.map(({ id, at, line }) => (
        <li key={id} className="flex gap-2">
          <time dateTime={at} className="shrink-0 text-ink-3">
            {clockWords(at)}
          </time>
          <span className="min-w-0 break-all whitespace-pre-wrap">{line}</span>
        </li>
      ))}
    </ol>
  );
}

/** The last lines of a run's container: followed, searched, taken away. */
export function LogTail({ run, name, isOpen }: { run: number; name: string; isOpen: boolean }) {
  const [follow, setFollow] = useState(isOpen);
  const [wanted, setWanted] = useState("");
  const query = useQuery(logQuery(run, follow));
  const field = useId();
  return (
    <section className="space-y-2">
      <h3 className="font-semibold">Log</h3>
      <AsyncPanel query={query} what="the log" asked={!follow}>
        {({ lines }) => {
          const words = wanted.toLowerCase();
          const found = lines.filter(({ line }) => line.toLowerCase().includes(words));
          return (
            <div className="space-y-2">
              <div className="flex flex-wrap items-center gap-2 text-[13px]">
                <label htmlFor={field}>Search</label>
                <input
                  id={field}
                  type="search"
                  value={wanted}
                  onChange={({ target }) => setWanted(target.value)}
                  className="min-h-8 w-48 rounded-md border border-line-strong bg-surface px-2"
                />
                {isOpen && (
                  <label className="flex min-h-8 items-center gap-1.5">
                    <input
                      type="checkbox"
                      className="size-4 accent-accent"
                      checked={follow}
                      onChange={({ target }) => setFollow(target.checked)}
                    />
                    Follow
                  </label>
                )}
                <span className="grow text-ink-3">
                  {found.length} of {lines.length} lines
                </span>
                <Button disabled={lines.length === 0} onClick={() => download(name, lines)}>
                  <Download aria-hidden="true" className="size-3.5" /> Download
                </Button>
              </div>
              {found.length === 0 ? (
                <p className="text-[13px] text-ink-2">
                  {lines.length === 0
                    ? "Its container has written nothing, or its lines are not kept any longer."
                    : "No line has these words."}
                </p>
              ) : (
                <Lines lines={found} follow={follow && wanted === ""} />
              )}
            </div>
          );
        }}
      </AsyncPanel>
    </section>
  );
}
