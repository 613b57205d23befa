import { Badge } from "../ui/badge.tsx";
import { Panel } from "../ui/panel.tsx";
import { type Hunk, hunksOf, type PatchLine, sizeOf } from "./patch.ts";
import { fileWords } from "./words.ts";

export interface DiffPart {
  readonly path: string;
  readonly change: "added" | "removed" | "changed";
  readonly patch: string;
}

const changes = {
  added: { tone: "good", name: "New file" },
  removed: { tone: "bad", name: "Removed" },
  changed: { tone: "plain", name: "Changed" },
} as const;

/** One file of two versions as a unified diff. Sign and word beside the colour. */
export function DiffView({ part }: { part: DiffPart }) {
  const hunks = hunksOf(part.patch);
  const { added, removed } = sizeOf(hunks);
  const { tone, name } = changes[part.change];
  return (
    <Panel>
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1 border-b border-line px-3 py-2">
        <h2 className="font-medium">{fileWords(part.path)}</h2>
        <span className="font-mono text-xs break-all text-ink-2">{part.path}</span>
        <Badge tone={tone}>{name}</Badge>
        <span className="ml-auto text-[13px] text-ink-2 tabular-nums">
          {added} added, {removed} removed
        </span>
      </div>
      <table className="w-full table-fixed font-mono text-xs leading-5">
        <caption className="sr-only">
          Lines of {part.path} that differ, with those around them
        </caption>
        <colgroup>
          <col className="w-9 max-sm:w-0" />
          <col className="w-9" />
          <col className="w-5" />
          <col />
        </colgroup>
        <thead className="sr-only">
          <tr>
            <th scope="col">Line before</th>
            <th scope="col">Line now</th>
            <th scope="col">Change</th>
            <th scope="col">Text</th>
          </tr>
        </thead>
        {hunks.map((hunk) => (
          <HunkRows key={hunk.lines[0]?.young ?? hunk.lines[0]?.old} hunk={hunk} />
        ))}
      </table>
    </Panel>
  );
}

const HunkRows = ({ hunk }: { hunk: Hunk }) => (
  <tbody className="border-t-4 border-sunken first-of-type:border-t-0">
    {hunk.lines.map((line) => (
      <LineRow key={`${line.old}-${line.young}`} line={line} />
    ))}
  </tbody>
);

const looks: Readonly<Record<PatchLine["kind"], { row: string; sign: string; word: string }>> = {
  added: { row: "bg-good-soft", sign: "+", word: "added" },
  removed: { row: "bg-bad-soft", sign: "−", word: "removed" },
  same: { row: "", sign: "", word: "" },
};

function LineRow({ line }: { line: PatchLine }) {
  const { row, sign, word } = looks[line.kind];
  const number = "px-1 text-right align-top text-ink-2 select-none tabular-nums";
  return (
    <tr className={row}>
      <td className={`${number} max-sm:hidden`}>{line.old}</td>
      <td className={number}>{line.young ?? ""}</td>
      <td className="text-center align-top text-ink">
        <span aria-hidden="true">{sign}</span>
        <span className="sr-only">{word}</span>
      </td>
      <td className="pr-2 align-top break-words whitespace-pre-wrap text-ink">{line.text}</td>
    </tr>
  );
}
