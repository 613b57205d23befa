import type { EventView } from "../api/types.ts";
import { count, type Memory, replicaWords, type Tone } from "./event-data.ts";
import { tellers } from "./event-words.ts";
import { rangesWords } from "./format.ts";

/** One line of the activity list. `ids` are the events it stands for; a run of slides is one line. */
export interface Activity {
  readonly id: number;
  readonly at: string;
  readonly sentence: string;
  readonly tone: Tone;
  readonly count: number;
}

const sentence = (words: string): string => {
  const first = words.charAt(0);
  // Names of replicas and of events keep their case at the start of a sentence.
  const named = /^[a-z]+(-\d|\.[a-z])/.test(words);
  return `${named ? first : first.toUpperCase()}${words.slice(1).replace(/\.$/, "")}.`;
};

/** Consecutive finished slides of one task become one line. */
interface Run {
  readonly task: string;
  readonly events: readonly EventView[];
}

function runActivity({ task, events }: Run): Activity {
  const last = events.at(-1) as EventView;
  const slides = events.map(({ data }) => count(data, "slide") ?? 0);
  const verb = task === "slide_feedback" ? "Feedback on" : "Read";
  const noun = slides.length === 1 ? "slide" : "slides";
  const who = replicaWords(last.data);
  const by = who === "a container" ? "" : ` (${who})`;
  return {
    id: last.id,
    at: last.at,
    sentence: sentence(`${verb} ${noun} ${rangesWords(slides)}${by}`),
    tone: "plain",
    count: events.length,
  };
}

function remember(event: EventView, memory: Memory): void {
  const task = event.task ?? "";
  if (event.type === "task.leased") memory.holder.set(task, replicaWords(event.data));
  // They are read anew: none of them is finished.
  if (event.type === "pipeline.rerun") memory.slides.clear();
  const slide = count(event.data, "slide");
  if (event.type !== "slide.done" || slide === null) return;
  const slides = memory.slides.get(task) ?? new Set<number>();
  memory.slides.set(task, slides.add(slide));
}

/**
 * Events of one document, in any order, as sentences, newest first. Unknown events show their name:
 * a newer server may tell what this page has not learned yet.
 */
export function activityOf(events: readonly EventView[]): readonly Activity[] {
  const memory: Memory = { holder: new Map(), slides: new Map() };
  const lines: Activity[] = [];
  let run: Run = { task: "", events: [] };
  const endRun = (): void => {
    if (run.events.length > 0) lines.push(runActivity(run));
    run = { task: "", events: [] };
  };
  for (const event of [...events].sort((a, b) => a.id - b.id)) {
    remember(event, memory);
    const task = event.task ?? "";
    if (event.type === "slide.done") {
      if (run.task !== task) endRun();
      run = { task, events: [...run.events, event] };
      continue;
    }
    const teller = tellers[event.type];
    const told = teller === undefined ? { words: event.type } : teller(event, memory);
    if (told === null) continue;
    endRun();
    lines.push({
      id: event.id,
      at: event.at,
      sentence: sentence(told.words),
      tone: told.tone ?? "plain",
      count: 1,
    });
  }
  endRun();
  return lines.reverse();
}
