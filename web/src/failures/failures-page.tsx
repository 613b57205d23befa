import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Loaded } from "../document/loaded.tsx";
import { useNow } from "../lib/use-now.ts";
import { Empty, Panel } from "../ui/panel.tsx";
import { useTitle } from "../ui/use-title.ts";
import { AcknowledgeDialog } from "./acknowledge-dialog.tsx";
import { type Act, GroupCard } from "./group-card.tsx";
import { failuresQuery } from "./queries.ts";
import { RetryDialog } from "./retry-dialog.tsx";
import { type FailuresSearch, failureTabs, searchOf, type Window } from "./search.ts";
import type { FailureGroupView, FailuresAnswer, FailureTab } from "./types.ts";
import { lastWords, summaryWords, tabWords, windowWords } from "./words.ts";

const route = getRouteApi("/failures");

/** One cause or many, and what to press. */
export function FailuresPage() {
  useTitle("Failures");
  const search: FailuresSearch = route.useSearch();
  const { tab = "open", window = "7d", group } = search;
  const query = useQuery(failuresQuery(tab, window));
  return (
    <div className="space-y-4">
      <div className="flex flex-wrap items-baseline gap-x-3">
        <h1 className="text-lg font-semibold tracking-tight">Failures</h1>
        {tab === "open" && query.data !== undefined && !query.isPlaceholderData && (
          <p className="text-ink-2" role="status">
            {summaryWords(query.data)}
          </p>
        )}
      </div>
      <Controls tab={tab} window={window} answer={query.data} />
      <Loaded query={query}>
        {(answer) => (
          <div className={query.isPlaceholderData ? "opacity-60" : undefined}>
            <Groups answer={answer} tab={tab} shown={group} isOther={query.isPlaceholderData} />
          </div>
        )}
      </Loaded>
    </div>
  );
}

function Groups({
  answer,
  tab,
  shown,
  isOther,
}: {
  answer: FailuresAnswer;
  tab: FailureTab;
  shown: string | undefined;
  /** It is the answer for another tab or time, until this one's comes. */
  isOther: boolean;
}) {
  // Not in a card: what is tried again goes to another tab, and its retry would end with it.
  const [asked, setAsked] = useState<{ act: Act; group: FailureGroupView } | null>(null);
  const close = () => setAsked(null);
  return (
    <div className="space-y-3">
      {asked?.act === "retry" && <RetryDialog group={asked.group} onClose={close} />}
      {asked?.act === "acknowledge" && <AcknowledgeDialog group={asked.group} onClose={close} />}
      {answer.groups.length === 0 && !isOther && <NoGroups answer={answer} tab={tab} />}
      {answer.isPart && (
        <p className="text-[13px] text-warn">
          There were more failures than can be counted here; these are the newest.
        </p>
      )}
      {answer.groupsLeft > 0 && (
        <p className="text-[13px] text-warn">
          The {answer.groups.length} kinds that need somebody first; {answer.groupsLeft} more are
          not shown.
        </p>
      )}
      {answer.groups.map((group) => (
        <GroupCard
          key={group.fingerprint}
          group={group}
          step={answer.step}
          view={{ tab, window: answer.window }}
          isShown={group.fingerprint === shown}
          onAct={(act) => setAsked({ act, group })}
        />
      ))}
    </div>
  );
}

function NoGroups({ answer, tab }: { answer: FailuresAnswer; tab: FailureTab }) {
  const nowMs = useNow(5000);
  const within = `in the last ${windowWords[answer.window]}`;
  const others = answer.tabs.all > 0;
  return (
    <Panel>
      {tab === "open" ? (
        <Empty title="No open failures.">{lastWords(answer, nowMs)}</Empty>
      ) : (
        <Empty
          title={
            tab === "all"
              ? `Nothing failed ${within}.`
              : `Nothing ${tabWords[tab].toLowerCase()} ${within}.`
          }
        >
          {others ? (
            <Link
              to="/failures"
              search={searchOf("all", answer.window)}
              className="font-medium text-accent-ink underline"
            >
              Show all {answer.tabs.all}
            </Link>
          ) : (
            "What fails in a pipeline, or is refused at the upload, is listed here by its cause."
          )}
        </Empty>
      )}
    </Panel>
  );
}

function Controls({
  tab: current,
  window,
  answer,
}: {
  tab: FailureTab;
  window: Window;
  answer: FailuresAnswer | undefined;
}) {
  const navigate = useNavigate({ from: "/failures" });
  return (
    <div className="flex flex-wrap items-center gap-2">
      <nav aria-label="Failures by state" className="flex grow flex-wrap gap-1">
        {failureTabs.map((tab) => (
          <Link
            key={tab}
            to="/failures"
            search={searchOf(tab, window)}
            aria-current={tab === current ? "page" : undefined}
            className={`inline-flex min-h-8 items-center gap-1.5 rounded-md px-2.5 text-[13px] font-medium ${
              tab === current
                ? "bg-accent-soft text-accent-ink"
                : "text-ink-2 hover:bg-sunken hover:text-ink"
            }`}
          >
            {tabWords[tab]}
            {answer !== undefined && <span className="tabular-nums">{answer.tabs[tab]}</span>}
          </Link>
        ))}
      </nav>
      <label className="flex items-center gap-2 text-[13px] text-ink-2">
        Failed in the last
        <select
          value={window}
          onChange={({ target }) => {
            void navigate({ search: searchOf(current, target.value as Window) });
          }}
          className="h-8 rounded-md border border-line-strong bg-surface px-2 text-ink"
        >
          {Object.entries(windowWords).map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}
