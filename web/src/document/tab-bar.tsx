import { Link } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import type { DocumentSummary, TaskProgress } from "../api/types.ts";
import { type Tab, tabs } from "../lib/search.ts";

const labels: Readonly<Record<Tab, string>> = {
  slides: "Slides",
  extractions: "Extractions",
  template: "Template",
  clinical: "Clinical",
  regulatory: "Regulatory",
  science: "Science",
  results: "Results",
  ask: "Ask",
  timeline: "Timeline",
  cost: "Cost",
  activity: "Activity",
};

const taskOfTab: Readonly<Partial<Record<Tab, string>>> = {
  slides: "visual_analysis",
  extractions: "extractions_and_template",
  template: "extractions_and_template",
  clinical: "specialized_clinical",
  regulatory: "specialized_regulatory",
  science: "specialized_science",
};

/** Tabs that have something to show: a pack need not have the tasks of a pitch deck, and may have others. */
export function tabsOf({ pipeline }: DocumentSummary): readonly Tab[] {
  const tasks = pipeline.progress.tasks.map(({ task }) => task);
  const known = Object.values(taskOfTab);
  const hasOthers = tasks.some((task) => !known.includes(task) && task !== "slide_feedback");
  return tabs.filter((tab) => {
    const task = taskOfTab[tab];
    if (tab === "results") return hasOthers;
    return task === undefined || tasks.length === 0 || tasks.includes(task);
  });
}

/** A mark beside the word: ready, running, failed; nothing while it waits. */
function Mark({ task }: { task: TaskProgress | undefined }) {
  if (task === undefined) return null;
  const mark = {
    done: ["bg-good", "ready"],
    leased: ["bg-accent", "running"],
    dead: ["bg-bad", "failed"],
    delayed: ["bg-warn", "tried again soon"],
  }[task.state as string];
  if (mark === undefined || task.applicable === false) return null;
  return (
    <>
      <span aria-hidden="true" className={`size-1.5 rounded-full ${mark[0]}`} />
      <span className="sr-only">({mark[1]})</span>
    </>
  );
}

export function TabBar({ document, current }: { document: DocumentSummary; current: Tab }) {
  const { tasks } = document.pipeline.progress;
  const bar = useRef<HTMLElement>(null);
  const own = tabsOf(document);
  const shown = own.indexOf(current);
  useEffect(() => {
    const item = bar.current?.querySelectorAll("li")[shown];
    // On a narrow screen the tab may lie outside the bar; the page itself must not move.
    if (item !== undefined) bar.current?.scrollTo({ left: item.offsetLeft - 48 });
  }, [shown]);
  return (
    <nav
      ref={bar}
      data-tabs
      aria-label="Results"
      className="relative overflow-x-auto border-b border-line"
    >
      <ul className="flex gap-1">
        {own.map((tab) => (
          <li key={tab}>
            <Link
              to="/documents/$id"
              params={{ id: document.id }}
              search={({ slide }) => ({ tab, ...(slide === undefined ? {} : { slide }) })}
              resetScroll={false}
              aria-current={tab === current ? "page" : undefined}
              className={`flex min-h-9 items-center gap-1.5 border-b-2 px-2.5 text-[13px] font-medium whitespace-nowrap -outline-offset-2 ${
                tab === current
                  ? "border-accent text-ink"
                  : "border-transparent text-ink-2 hover:text-ink"
              }`}
            >
              {labels[tab]}
              <Mark task={tasks.find(({ task }) => task === taskOfTab[tab])} />
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
