import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Loaded } from "../document/loaded.tsx";
import { clockWords, dayWords, rangesWords } from "../lib/format.ts";
import { Ago } from "../ui/time.tsx";
import { failureQuery } from "./queries.ts";
import type { Window } from "./search.ts";
import type { FailureAttempt, FailureDetail } from "./types.ts";

const standings: Readonly<Record<FailureAttempt["standing"], string>> = {
  open: "given up",
  healing: "being tried again",
  recovered: "went well later",
  ended: "followed by another outcome",
};

/** Level two: the single failures, each with its document, its container and what that said last. */
export function Attempts({ fingerprint, window }: { fingerprint: string; window: Window }) {
  const query = useQuery(failureQuery(fingerprint, window));
  return (
    <div className="border-t border-line bg-sunken p-4">
      <Loaded query={query}>{(detail) => <AttemptTable detail={detail} />}</Loaded>
    </div>
  );
}

function AttemptTable({ detail: { attempts, isPart } }: { detail: FailureDetail }) {
  return (
    <>
      <table className="w-full text-[13px] max-sm:block">
        <caption className="sr-only">Attempts that failed, newest first</caption>
        <thead className="max-sm:sr-only">
          <tr className="text-left text-xs text-ink-2">
            {["When", "Document", "Where", "Said", "Since then"].map((title) => (
              <th key={title} scope="col" className="pr-4 pb-1 font-medium">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="max-sm:block">
          {attempts.map((attempt) => (
            <Attempt key={keyOf(attempt)} attempt={attempt} />
          ))}
        </tbody>
      </table>
      {isPart && <p className="mt-2 text-xs text-ink-2">Only the newest {attempts.length}.</p>}
    </>
  );
}

const keyOf = ({ at, document, name, slides, attempt }: FailureAttempt): string =>
  [at, document, name, ...slides, attempt].join(" ");

const cell = "py-1.5 pr-4 align-top break-words max-sm:block max-sm:py-0.5";

function Attempt({ attempt: one }: { attempt: FailureAttempt }) {
  const { document, slides, container, engine, detail, attempt } = one;
  const [slide] = slides;
  return (
    <tr className="border-t border-line max-sm:block max-sm:py-2">
      <td className={`${cell} whitespace-nowrap text-ink-2`}>
        <Ago at={one.at} />
      </td>
      <th scope="row" className={`${cell} max-w-64 min-w-0 text-left font-medium`}>
        {document === null ? (
          one.name
        ) : (
          <Link
            to="/documents/$id"
            params={{ id: document }}
            search={slide === undefined ? {} : { tab: "slides", slide }}
            className="text-accent-ink underline underline-offset-2"
          >
            {one.name}
          </Link>
        )}
        {slide !== undefined &&
          ` · ${slides.length === 1 ? "slide" : "slides"} ${rangesWords(slides)}`}
        {attempt !== null && <span className="text-ink-2"> · attempt {attempt}</span>}
      </th>
      <td className={`${cell} text-ink-2`}>
        {container === null ? "no container" : container}
        {engine !== null && <span className="block text-xs text-ink-2">{engine}</span>}
      </td>
      <td className={`${cell} max-w-md min-w-0 text-ink-2`}>
        {detail ?? "no message"}
        <LogTail attempt={one} />
      </td>
      <td className={`${cell} text-ink-2`}>{standings[one.standing]}</td>
    </tr>
  );
}

function LogTail({ attempt: { log, container } }: { attempt: FailureAttempt }) {
  if (log === null) return null;
  if (log.length === 0) return <span className="block text-xs">Its log is gone.</span>;
  return (
    <details>
      <summary className="min-h-6 w-fit py-0.5 text-xs text-accent-ink">
        Last {log.length} lines of its log
      </summary>
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        tabIndex={0}
        aria-label={`Log of ${container ?? "the container"}`}
        className="max-h-56 overflow-auto rounded border border-line bg-surface p-2"
      >
        <pre className="text-xs break-words whitespace-pre-wrap text-ink">
          {log.map(({ at, line }) => `${dayWords(at)} ${clockWords(at)} ${line}`).join("\n")}
        </pre>
      </section>
    </details>
  );
}
