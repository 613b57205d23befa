import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { AsyncPanel } from "../ui/async-panel.tsx";
import { Button } from "../ui/button.tsx";
import { Empty, Panel } from "../ui/panel.tsx";
import { ActivateDialog } from "./activate-dialog.tsx";
import { DiffView } from "./diff-view.tsx";
import { hunksOf, isNumberAlone } from "./patch.ts";
import { packDiffQuery } from "./queries.ts";
import { TryVersion } from "./try-version.tsx";
import type { PackVersionView } from "./types.ts";

const route = getRouteApi("/packs/$name");

/** What differs between two versions, file by file; what is newer can be tried and activated from here. */
export function CompareView({
  name,
  versions,
}: {
  name: string;
  versions: readonly PackVersionView[];
}) {
  const search = route.useSearch();
  const navigate = useNavigate();
  const [activating, setActivating] = useState(false);
  const active = versions.find(({ state }) => state === "active");
  const newest = versions[0]?.version ?? 1;
  const from = search.old ?? active?.version ?? newest;
  const to = search.young ?? newest;
  const target = versions.find(({ version }) => version === to);
  const query = useQuery(packDiffQuery(name, from, to));
  const choose = (pair: { from: number; to: number }): void =>
    void navigate({
      to: "/packs/$name",
      params: { name },
      search: { ...search, view: "compare", old: pair.from, young: pair.to },
      replace: true,
      resetScroll: false,
    });
  return (
    <section aria-label="Compare" className="space-y-3">
      <div className="flex flex-wrap items-end gap-3">
        <VersionSelect
          label="From"
          value={from}
          versions={versions}
          onChange={(version) => choose({ from: version, to })}
        />
        <VersionSelect
          label="To"
          value={to}
          versions={versions}
          onChange={(version) => choose({ from, to: version })}
        />
        {target !== undefined && target.state !== "active" && (
          <Button kind="primary" className="ml-auto" onClick={() => setActivating(true)}>
            Activate version {to}
          </Button>
        )}
      </div>
      {target !== undefined && target.state === "draft" && (
        <TryVersion name={name} version={target.version} />
      )}
      <AsyncPanel query={query} what="the comparison">
        {({ parts }) => {
          const shown = parts.filter(({ patch }) => !isNumberAlone(hunksOf(patch)));
          if (shown.length === 0) {
            return (
              <Panel>
                <Empty title="Nothing differs.">
                  {from === to ? "Both are the same version." : "Only their numbers do."}
                </Empty>
              </Panel>
            );
          }
          return (
            <div className="space-y-3">
              <p className="text-ink-2">
                {shown.length === 1 ? "1 file differs" : `${shown.length} files differ`} between
                version {from} and version {to}.
              </p>
              {shown.map((part) => (
                <DiffView key={part.path} part={part} />
              ))}
            </div>
          );
        }}
      </AsyncPanel>
      {activating && target !== undefined && (
        <ActivateDialog
          name={name}
          target={target}
          versions={versions}
          onClose={() => setActivating(false)}
        />
      )}
    </section>
  );
}

function VersionSelect({
  label,
  value,
  versions,
  onChange,
}: {
  label: string;
  value: number;
  versions: readonly PackVersionView[];
  onChange: (version: number) => void;
}) {
  return (
    <label className="text-[13px] font-medium">
      {label}
      <select
        value={value}
        onChange={(event) => onChange(Number(event.target.value))}
        className="mt-1 block min-h-8 rounded-md border border-line-strong bg-surface px-2"
      >
        {versions.map(({ version, state }) => (
          <option key={version} value={version}>
            Version {version} ({state})
          </option>
        ))}
      </select>
    </label>
  );
}
