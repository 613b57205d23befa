import { dollars } from "../../cost/money.ts";
import type { Verdict } from "./verdict.ts";

/** `45 s`, `1 min 45 s`, `2 h 5 min`. */
export function lengthWords(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes, rest] = [
    Math.floor(whole / 3600),
    Math.floor(whole / 60) % 60,
    whole % 60,
  ];
  const parts =
    hours > 0
      ? [`${hours} h`, minutes > 0 ? `${minutes} min` : ""]
      : [minutes > 0 ? `${minutes} min` : "", rest > 0 || minutes === 0 ? `${rest} s` : ""];
  return parts.filter((part) => part !== "").join(" ");
}

/** A verdict as people read it beside its decision: "late by 1 min 45 s: 2 documents waited 3 min in sum". */
export function verdictWords(verdict: Verdict): string {
  const { kind, seconds } = verdict;
  const by = lengthWords(seconds);
  switch (kind) {
    case "on-time":
      return "on time";
    case "early":
      return `early by ${by}${paidWords(verdict)}`;
    case "late":
      return `late by ${by}: ${waitWords(verdict)}`;
    case "unused":
      return `unused${seconds > 0 ? ` for ${by}` : ""}${paidWords(verdict)}`;
    case "failed":
      return `failed${seconds > 0 ? ` after ${by}` : ""}${paidWords(verdict)}`;
    case "right":
      return "rightly stopped";
    case "too-soon":
      return `stopped too soon by ${by}${paidWords(verdict)}`;
    case "harmless":
      return "cost nothing";
    case "costly":
      return `cost waiting: ${waitWords(verdict)}`;
    case "unjudged":
      return "not judged";
  }
}

function paidWords({ microUsd }: Verdict): string {
  if (microUsd === null) return ", at an unknown price";
  return microUsd === 0 ? "" : `, ${dollars(microUsd)} for nothing`;
}

function waitWords({ documents, waitSeconds }: Verdict): string {
  const many = documents > 1;
  return `${documents} document${many ? "s" : ""} waited ${lengthWords(waitSeconds)}${many ? " in sum" : ""}`;
}
