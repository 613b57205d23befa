import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { PackList } from "../../../src/contract/packs.ts";
import { AsyncPanel } from "../ui/async-panel.tsx";
import { Badge } from "../ui/badge.tsx";
import { Panel, Skeleton } from "../ui/panel.tsx";
import { Ago } from "../ui/time.tsx";
import { useTitle } from "../ui/use-title.ts";
import { packsQuery } from "./queries.ts";
import { byWords } from "./words.ts";

const cell = "px-3 py-2.5 align-top";

/** How documents of each type are read, and with which version from now on. */
export function PacksPage() {
  useTitle("Packs");
  const query = useQuery(packsQuery);
  return (
    <div className="space-y-4">
      <div>
        <h1 className="text-lg font-semibold">Packs</h1>
        <p className="max-w-prose text-ink-2">
          A pack says how one type of document is read: its tasks, prompts, questions and fields.
          New documents take the active version; those at work keep theirs.
        </p>
      </div>
      <AsyncPanel
        query={query}
        what="the packs"
        skeleton={<Skeleton className="h-40" />}
        isEmpty={({ packs }) => packs.length === 0}
        empty={{
          title: "No pack is installed.",
          children: (
            <p>
              They are read from the folder of packs at a start; or send one:{" "}
              <code className="font-mono text-xs">pilotlight pack import FOLDER</code>
            </p>
          ),
        }}
      >
        {({ packs }) => <PackTable packs={packs} />}
      </AsyncPanel>
    </div>
  );
}

function PackTable({ packs }: PackList) {
  return (
    <Panel>
      <table className="w-full text-left">
        <caption className="sr-only">Packs with their active version</caption>
        <thead className="border-b border-line text-xs text-ink-2">
          <tr>
            {["Pack", "Active version", "Drafts", "Documents"].map((head, at) => (
              <th
                key={head}
                scope="col"
                className={`px-3 py-2 font-medium ${at === 2 ? "max-sm:hidden" : ""}`}
              >
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {packs.map(({ name, active, drafts }) => (
            <tr key={name}>
              <th scope="row" className={`${cell} font-normal`}>
                <Link
                  to="/packs/$name"
                  params={{ name }}
                  className="font-medium text-accent-ink underline"
                >
                  {active?.title ?? name}
                </Link>
                <span className="block font-mono text-xs break-all text-ink-2">{name}</span>
              </th>
              <td className={cell}>
                {active === null ? <Badge tone="warn">None</Badge> : <Active version={active} />}
              </td>
              <td className={`${cell} max-sm:hidden`}>
                {drafts === 0 ? "None" : <Badge tone="accent">{drafts}</Badge>}
              </td>
              <td className={`${cell} tabular-nums`}>
                {active?.documents ?? 0}
                {(active?.running ?? 0) > 0 && (
                  <span className="block text-xs text-ink-2">{active?.running} at work</span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function Active({ version }: { version: NonNullable<PackList["packs"][number]["active"]> }) {
  return (
    <>
      <span className="font-medium">Version {version.version}</span>{" "}
      <span className="font-mono text-xs text-ink-2">{version.hash}</span>
      {version.activatedAt !== null && (
        <span className="block text-xs text-ink-2">
          since <Ago at={version.activatedAt} />, {byWords(version.activatedBy)}
        </span>
      )}
    </>
  );
}
