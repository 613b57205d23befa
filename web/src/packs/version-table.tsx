import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { Panel } from "../ui/panel.tsx";
import { Ago } from "../ui/time.tsx";
import { ActivateDialog } from "./activate-dialog.tsx";
import type { PackVersionView } from "./types.ts";
import { originWords } from "./words.ts";

const states = {
  active: { tone: "good", name: "Active" },
  draft: { tone: "accent", name: "Draft" },
  retired: { tone: "plain", name: "Retired" },
} as const;

const shownFirst = 4;
const cell = "px-3 py-2 align-top";

/** All versions, newest first: who made each, when and why, and how many documents it has read. */
export function VersionTable({
  name,
  versions,
  shown,
}: {
  name: string;
  versions: readonly PackVersionView[];
  shown: number;
}) {
  const [all, setAll] = useState(false);
  const [activating, setActivating] = useState<PackVersionView | null>(null);
  const active = versions.find(({ state }) => state === "active");
  const rows = all
    ? versions
    : versions.filter((one, at) => at < shownFirst || one === active || one.version === shown);
  return (
    <Panel>
      <table className="w-full text-left">
        <caption className="sr-only">Versions, newest first</caption>
        <thead className="border-b border-line text-xs text-ink-2">
          <tr>
            <th scope="col" className="px-3 py-2 font-medium">
              Version
            </th>
            <th scope="col" className="px-3 py-2 font-medium">
              Made
            </th>
            <th scope="col" className="px-3 py-2 font-medium max-sm:hidden">
              Documents
            </th>
            <th scope="col" className="px-3 py-2 font-medium">
              <span className="sr-only">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {rows.map((one) => (
            <VersionRow
              key={one.version}
              one={one}
              isShown={one.version === shown}
              active={active}
              onActivate={() => setActivating(one)}
            />
          ))}
        </tbody>
      </table>
      {rows.length < versions.length && (
        <div className="border-t border-line p-2">
          <Button kind="quiet" onClick={() => setAll(true)}>
            Show all {versions.length} versions
          </Button>
        </div>
      )}
      {activating !== null && (
        <ActivateDialog
          name={name}
          target={activating}
          versions={versions}
          onClose={() => setActivating(null)}
        />
      )}
    </Panel>
  );
}

function VersionRow({
  one,
  isShown,
  active,
  onActivate,
}: {
  one: PackVersionView;
  isShown: boolean;
  active: PackVersionView | undefined;
  onActivate: () => void;
}) {
  const { tone, name: state } = states[one.state];
  const link = "inline-flex min-h-6 items-center text-accent-ink underline";
  return (
    <tr className={isShown ? "bg-sunken" : ""}>
      <th scope="row" className={`${cell} font-medium whitespace-nowrap`}>
        <Link
          to="/packs/$name"
          params={{ name: one.name }}
          search={{ version: one.version }}
          resetScroll={false}
          aria-current={isShown ? "true" : undefined}
          className={link}
        >
          Version {one.version}
        </Link>{" "}
        <span className="block sm:inline">
          <Badge tone={tone}>{state}</Badge>
        </span>
        <span className="block font-mono text-xs font-normal text-ink-2">{one.hash}</span>
      </th>
      <td className={`${cell} break-words`}>
        {one.note !== null && <span className="block">{one.note}</span>}
        <span className="text-[13px] text-ink-2">
          <Ago at={one.at} /> {originWords(one)}
        </span>
      </td>
      <td className={`${cell} tabular-nums max-sm:hidden`}>
        {one.documents}
        {one.running > 0 && <span className="text-ink-2">, {one.running} at work</span>}
      </td>
      <td className={`${cell} text-right`}>
        <span className="flex flex-wrap justify-end gap-x-3 gap-y-1">
          {active !== undefined && one.version !== active.version && (
            <Link
              to="/packs/$name"
              params={{ name: one.name }}
              search={{ view: "compare", old: active.version, young: one.version }}
              resetScroll={false}
              className={link}
            >
              Compare<span className="sr-only"> version {one.version} with the active one</span>
            </Link>
          )}
          {one.state !== "active" && (
            <Button onClick={onActivate}>
              Activate<span className="sr-only"> version {one.version}</span>
            </Button>
          )}
        </span>
      </td>
    </tr>
  );
}
