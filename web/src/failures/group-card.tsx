import { Link } from "@tanstack/react-router";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { Panel } from "../ui/panel.tsx";
import { Ago } from "../ui/time.tsx";
import { Attempts } from "./attempts.tsx";
import { searchOf, type Window } from "./search.ts";
import { Trend } from "./trend.tsx";
import type { FailureGroupView, FailureTab } from "./types.ts";
import { cliWords, countWords, helpedWords, stageWords } from "./words.ts";

const states = {
  open: ["bad", "Open"],
  healing: ["warn", "Healing"],
  acknowledged: ["plain", "Acknowledged"],
  recovered: ["good", "Recovered"],
  ended: ["plain", "Ended"],
} as const;

const explained: Readonly<Partial<Record<FailureGroupView["state"], string>>> = {
  healing: "It is being tried again by itself: nothing to press.",
  ended: "Cancelled, or followed by another failure.",
};

/** What a person wants to do about a group. */
export type Act = "retry" | "acknowledge";

interface View {
  readonly tab: FailureTab;
  readonly window: Window;
}

/** One cause: what, how often, in what, whether trying again helps, and what can be done. */
export function GroupCard({
  group,
  step,
  view,
  isShown,
  onAct,
}: {
  group: FailureGroupView;
  step: "hour" | "day";
  view: View;
  isShown: boolean;
  onAct: (act: Act) => void;
}) {
  const { fingerprint, state, sentence, message, next, code, stage } = group;
  const [tone, word] = states[state];
  return (
    <Panel className="overflow-hidden">
      <article aria-labelledby={fingerprint} className="p-4">
        <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
          <div className="min-w-0 flex-1 basis-72">
            <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-[13px] text-ink-2">
              <Badge tone={tone}>{word}</Badge>
              {stageWords(stage)} · <span className="font-mono text-xs">{code}</span>
            </p>
            <h2 id={fingerprint} className="mt-1 font-semibold break-words">
              {sentence}
            </h2>
            {message !== "" && (
              <p className="font-mono text-xs break-words text-ink-2">{message}</p>
            )}
            <p className="mt-1.5 text-[13px] text-ink-2">
              {countWords(group)}, last <Ago at={group.lastAt} />, first <Ago at={group.firstAt} />.{" "}
              {helpedWords(group)}
            </p>
            <Where group={group} />
            <p className="text-[13px] text-ink-2">{explained[state] ?? next}</p>
            <Said group={group} />
          </div>
          <Trend group={group} step={step} />
        </div>
        <Actions group={group} view={view} isShown={isShown} onAct={onAct} />
      </article>
      {isShown && <Attempts fingerprint={fingerprint} window={view.window} />}
    </Panel>
  );
}

function Where({ group: { engines, packs } }: { group: FailureGroupView }) {
  const parts = [engines.join(", "), packs.length === 0 ? "" : `pack ${packs.join(", ")}`];
  const shown = parts.filter((part) => part !== "").join(" · ");
  return shown === "" ? null : <p className="text-xs break-words text-ink-3">{shown}</p>;
}

function Said({ group: { acknowledgement: said, state } }: { group: FailureGroupView }) {
  if (said === null || said.kind === "reopened") return null;
  const isOver = state === "open";
  const what = said.kind === "muted" ? "Muted" : "Acknowledged";
  return (
    <p className="mt-1 text-[13px] break-words text-ink-2">
      {what} by {said.by} <Ago at={said.at} />
      {said.kind === "muted" &&
        ", until a newer version of its pack, another pack or another engine"}
      {isOver && "; it has come again since"}
      {said.note !== null && `: ${said.note}`}
    </p>
  );
}

function Actions({
  group,
  view,
  isShown,
  onAct,
}: {
  group: FailureGroupView;
  view: View;
  isShown: boolean;
  onAct: (act: Act) => void;
}) {
  const isOpen = group.state === "open" || group.state === "acknowledged";
  return (
    <div className="mt-3 flex flex-wrap items-center gap-2">
      {isOpen && group.canRetry && (
        <Button kind="primary" onClick={() => onAct("retry")}>
          Retry…
        </Button>
      )}
      {isOpen && <Button onClick={() => onAct("acknowledge")}>Acknowledge…</Button>}
      <Link
        to="/failures"
        search={searchOf(view.tab, view.window, isShown ? undefined : group.fingerprint)}
        resetScroll={false}
        aria-expanded={isShown}
        className="inline-flex min-h-8 items-center px-2 text-[13px] font-medium text-accent-ink hover:underline"
      >
        {isShown ? "Hide attempts" : "Show attempts"}
      </Link>
      {group.canRetry && <CliLine text={cliWords(group.fingerprint)} />}
    </div>
  );
}

/** Read where the browser lets nothing be copied. */
function CliLine({ text }: { text: string }) {
  return (
    <span className="text-ink-2">
      <code className="font-mono text-xs break-words">{text}</code>
      <CopyButton text={text} what="the command" />
    </span>
  );
}
