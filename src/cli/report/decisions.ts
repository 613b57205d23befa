import type { DecisionView, VerdictView } from "../../contract/fleet.ts";
import type { Style } from "../style.ts";
import { cell, dateText, oneLine, wrap } from "../text.ts";

const columnsWide = 80;
const label = 13;

/**
 * A decision a line, its sentence and verdict below; where nothing may be cut or wrapped (`columns`
 * null, a pipe), one line each.
 */
export function decisionsText(
  decisions: readonly DecisionView[],
  style: Style,
  { utc, columns }: { readonly utc: boolean; readonly columns: number | null },
): string {
  const ids = Math.max(4, ...decisions.map(({ id }) => String(id).length));
  const names = Math.max(8, ...decisions.map((one) => aboutOf(one).length));
  const rules = Math.max(8, ...decisions.map(({ rule }) => rule.length));
  const { colors } = style;
  const line = (id: string, at: string, action: string, about: string, rule: string): string =>
    [
      cell(id, ids, style),
      cell(at, 20, style),
      cell(action, 6, style),
      cell(about, names, style),
      cell(rule, rules, style),
    ].join(" ");
  const head = line("ID", "TIME", "ACTION", "ABOUT", "RULE");
  const lines = decisions.flatMap((one) => {
    const { id, at, action, rule, sentence } = one;
    const facts = line(String(id), dateText(at, utc), action, aboutOf(one), rule);
    if (columns === null) return [`${facts} ${kindOf(one)} ${oneLine(sentence)}`];
    const below = (text: string) => wrap(oneLine(text), Math.max(40, columns - 4));
    const told = isTold(one.verdict) ? below(`Verdict: ${one.verdict.sentence}`) : [];
    return [facts.trimEnd(), ...[...below(sentence), ...told].map((text) => `    ${text}`)];
  });
  const columnsOfPipe = `${head} ${"VERDICT".padEnd(kindWidth)} SENTENCE`;
  return [colors.dim(columns === null ? columnsOfPipe : head.trimEnd()), ...lines].join("\n");
}

const kindWidth = "unjudged".length;
const kindOf = ({ verdict }: DecisionView): string => (verdict?.kind ?? "open").padEnd(kindWidth);

/** What was no question of time says nothing about it. */
const isTold = (verdict: VerdictView | null): verdict is VerdictView =>
  verdict !== null && verdict.kind !== "unjudged";

const aboutOf = ({ pool, replica }: DecisionView): string => replica ?? pool;

const deciderText = ({ policy, version, tick }: DecisionView): string =>
  [
    policy,
    ...(version === null ? [] : [`version ${version}`]),
    ...(tick === null ? [] : [`tick ${tick}`]),
  ].join(", ");

/** One decision with the figures it was made from and what would have happened otherwise. */
export function whyText(decision: DecisionView, style: Style, utc: boolean): string {
  const { colors } = style;
  const { id, at, action, rule, sentence, alternative, inputs, verdict } = decision;
  const row = (title: string, text: string): string[] =>
    rowLines(cell(title, label, style), text, colors.dim);
  const figures = flatten(inputs);
  const names = Math.min(40, Math.max(8, ...figures.map(([name]) => name.length)) + 2);
  return [
    `${colors.bold(`Decision ${id}`)}  ${dateText(at, utc)}`,
    ...row("Action", `${action} ${aboutOf(decision)}`),
    ...row("Rule", rule),
    ...row("Decided by", deciderText(decision)),
    ...row("Sentence", sentence),
    ...row("Otherwise", alternative ?? "not told"),
    ...row("Verdict", verdict?.sentence ?? "not known yet"),
    "",
    ...(figures.length === 0
      ? ["It was made from no figures."]
      : [colors.dim(`${"INPUT".padEnd(names)}VALUE`)]),
    ...figures.flatMap(([name, value]) => rowLines(`${name.padEnd(names - 1)} `, value)),
  ].join("\n");
}

function rowLines(title: string, text: string, tint = (one: string): string => one): string[] {
  const [first = "", ...more] = wrap(oneLine(text), Math.max(30, columnsWide - title.length));
  return [`${tint(title)}${first}`, ...more.map((line) => " ".repeat(title.length) + line)];
}

/** Inputs as names and values; what lies deeper has a dotted name, lists count from 1. */
export function flatten(inputs: object, path = ""): [name: string, value: string][] {
  return Object.entries(inputs).flatMap(([key, value]): [string, string][] => {
    const name = `${path}${Array.isArray(inputs) ? Number(key) + 1 : oneLine(key)}`;
    if (typeof value !== "object" || value === null) return [[name, plain(value)]];
    const items: unknown[] = Object.values(value);
    if (items.length === 0) return [[name, "none"]];
    const isList = Array.isArray(value) && items.every((item) => typeof item !== "object");
    return isList ? [[name, items.map(plain).join(", ")]] : flatten(value, `${name}.`);
  });
}

function plain(value: unknown): string {
  if (value === null || value === undefined) return "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  return oneLine(String(value));
}
