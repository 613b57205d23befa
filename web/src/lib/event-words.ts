import type { EventView } from "../api/types.ts";
import {
  because,
  count,
  list,
  type Memory,
  replicaWords,
  type Teller,
  type Told,
  text,
  whyOf,
} from "./event-data.ts";
import { fleetTellers } from "./fleet-event-words.ts";
import { durationWords, rangesWords, slidesWords } from "./format.ts";
import { taskWords } from "./words.ts";

const nextSlide = (memory: Memory, task: string): number | null => {
  const done = memory.slides.get(task);
  if (done === undefined || done.size === 0) return null;
  let slide = 1;
  while (done.has(slide)) slide += 1;
  return slide;
};

const taskOf = (event: EventView): string => taskWords(event.task ?? "task");

function delayed(event: EventView, memory: Memory): Told {
  const { data } = event;
  const task = event.task ?? "";
  if (data.lost === true) {
    const known = text(data, "container") === null ? undefined : replicaWords(data);
    const holder = known ?? memory.holder.get(task) ?? "The container";
    const slide = nextSlide(memory, task);
    const from = slide === null ? "" : ` from slide ${slide}`;
    return {
      words: `${holder} went away; its work goes on in another container${from}`,
      tone: "warn",
    };
  }
  const attempt = count(data, "attempt");
  const which = attempt === null ? "" : ` (attempt ${attempt})`;
  const why = whyOf(data).replace(/\.$/, "");
  const round = count(data, "round");
  const then = round === null ? "it is tried again" : `round ${round} of attempts comes later`;
  return { words: `${taskOf(event)} did not work${which}: ${why}; ${then}`, tone: "warn" };
}

function done(event: EventView): Told {
  const { data } = event;
  if (data.applicable === false) {
    return { words: `${taskOf(event)} does not apply${because(data, "reason")}` };
  }
  const seconds = count(data, "seconds");
  const gaps = list(data, "gaps").filter((gap) => typeof gap === "number");
  const took = seconds === null ? "" : ` after ${durationWords(seconds)}`;
  if (gaps.length === 0) return { words: `${taskOf(event)} is done${took}`, tone: "good" };
  const without = `without slide${gaps.length === 1 ? "" : "s"} ${rangesWords(gaps)}`;
  const by = text(data, "by");
  // Nobody worked on it: a person let it be done with what it had read.
  const words = by === null ? `is done${took}, ${without}` : `is finished ${without}, by ${by}`;
  return { words: `${taskOf(event)} ${words}`, tone: "warn" };
}

const endings: Readonly<Record<string, Told>> = {
  done: { words: "All results are ready", tone: "good" },
  done_with_gaps: { words: "Ready, with gaps", tone: "warn" },
  failed: { words: "Nothing useful came out", tone: "bad" },
  cancelled: { words: "Cancelled; what was finished is kept" },
};

function finished({ data }: EventView): Told {
  const seconds = count(data, "seconds");
  const ending = endings[text(data, "state") ?? ""] ?? { words: "The pipeline has ended" };
  return {
    ...ending,
    words: seconds === null ? ending.words : `${ending.words} after ${durationWords(seconds)}`,
  };
}

function accepted({ data }: EventView): Told {
  const pages = count(data, "pages");
  const name = text(data, "name") ?? "the document";
  return { words: `Accepted ${name}${pages === null ? "" : `, ${slidesWords(pages)}`}` };
}

const reviewTeller =
  (verb: string): Teller =>
  ({ data }) => {
    const path = text(data, "path") ?? "";
    const name = path.replace(/^.*\./, "").replaceAll("_", " ") || "a value";
    // Questions have no name but their number.
    const what = path.startsWith("template.") ? `the answer to ${name}` : name;
    return { words: `${text(data, "by") ?? "A reviewer"} ${verb} ${what}` };
  };

const failureTeller =
  (verb: string): Teller =>
  ({ data }) => ({
    words: `${text(data, "by") ?? "Somebody"} ${verb} failures of one kind${because(data, "note")}`,
  });

const versionOf = (data: EventView["data"]): string =>
  `Pack ${text(data, "pack") ?? "?"}, version ${count(data, "version") ?? "?"},`;

/** By the name of the event, from the catalogue. */
export const tellers: Readonly<Record<string, Teller>> = {
  "document.accepted": accepted,
  "document.rejected": ({ data }) => ({
    words: `Refused ${text(data, "name") ?? "the file"}${because(data, "detail")}`,
    tone: "bad",
  }),
  "document.deleted": ({ data }) => ({ words: `Deleted by ${text(data, "by") ?? "somebody"}` }),
  "document.version": ({ data }) => ({
    words: `${text(data, "by") ?? "Somebody"} said of which deck it is a version`,
  }),
  "pipeline.started": () => ({ words: "Work has begun" }),
  "pipeline.finished": finished,
  "pipeline.cancelled": ({ data }) => {
    const by = text(data, "by");
    return { words: `Cancelled${by === null ? "" : ` by ${by}`}; what was finished is kept` };
  },
  "pipeline.retried": ({ data }) => {
    const tasks = list(data, "tasks").map((task) => taskWords(String(task)));
    return { words: `Retried${tasks.length === 0 ? "" : `: ${tasks.join(", ")}`}` };
  },
  "pipeline.rerun": ({ data }) => {
    const tasks = list(data, "tasks").map((task) => taskWords(String(task)));
    const which = count(data, "generation");
    const as = which === null ? "" : ` as generation ${which}`;
    return { words: `Done again${as}${tasks.length === 0 ? "" : `: ${tasks.join(", ")}`}` };
  },
  "pipeline.quarantined": ({ data }) => ({
    words: `Put into quarantine${because(data, "detail")}`,
    tone: "bad",
  }),
  "task.ready": (event) => ({ words: `${taskOf(event)} can start` }),
  "task.leased": (event) => {
    const attempt = count(event.data, "attempt") ?? 1;
    const again = attempt > 1 ? `, attempt ${attempt}` : "";
    return { words: `${replicaWords(event.data)} took ${taskOf(event).toLowerCase()}${again}` };
  },
  "task.progress": () => null,
  "task.done": done,
  "task.delayed": delayed,
  "task.released": (event, memory) => {
    const holder = memory.holder.get(event.task ?? "") ?? "The container";
    return { words: `${holder} is stopping and gave ${taskOf(event).toLowerCase()} back` };
  },
  "task.dead": (event) => {
    return { words: `${taskOf(event)} failed: ${whyOf(event.data)}`, tone: "bad" };
  },
  "task.skipped": (event) => {
    const cause = text(event.data, "because");
    // A task's name, or words already.
    const named = cause !== null && /^[a-z]+(_[a-z]+)+$/.test(cause);
    const failed = named ? `${taskWords(cause).toLowerCase()} failed` : cause;
    const why = failed === null ? "" : `, because ${failed}`;
    return { words: `${taskOf(event)} was skipped${why}`, tone: "warn" };
  },
  "review.verified": reviewTeller("verified"),
  "review.flagged": reviewTeller("flagged"),
  "review.corrected": reviewTeller("corrected"),
  "review.withdrawn": reviewTeller("took back what was said of"),
  "failure.acknowledged": failureTeller("acknowledged"),
  "failure.muted": failureTeller("muted"),
  "failure.reopened": failureTeller("opened again"),
  "slide.failed": (event) => {
    const slide = count(event.data, "slide") ?? "?";
    return { words: `Slide ${slide} failed: ${whyOf(event.data)}`, tone: "bad" };
  },
  ...fleetTellers,
  "pack.activated": ({ data }) => ({ words: `${versionOf(data)} is run from now on` }),
  "pack.offered": ({ data }) => ({
    words: `${versionOf(data)} came with the program; it is run once somebody activates it`,
  }),
  "pack.drafted": ({ data }) => ({ words: `${versionOf(data)} was drafted` }),
  "queue.repaired": ({ data }) => {
    const tasks = list(data, "tasks").map((task) => taskWords(String(task)));
    const about = tasks.length === 0 ? "" : ` for ${tasks.join(", ")}`;
    return { words: `The queue was repaired${about}${because(data, "why")}`, tone: "warn" };
  },
  "queue.vacuum_held": ({ data }) => ({
    words: text(data, "sentence") ?? "An old snapshot holds back vacuum",
    tone: "warn",
  }),
  "decision.judged": ({ data }) => ({
    words: text(data, "sentence") ?? "What became of a decision is known",
  }),
  "policy.proposed": ({ data }) => ({ words: text(data, "sentence") ?? "A policy was proposed" }),
  "policy.applied": ({ data }) => ({
    words: `Scaling follows ${text(data, "policy") ?? "the configuration"} from version ${count(data, "version") ?? "?"} on`,
  }),
  "decision.made": ({ data }) => ({ words: text(data, "sentence") ?? "The autoscaler decided" }),
};
