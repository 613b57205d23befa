import type { Fleet, PoolView, ProviderView, ReplicaView } from "../../contract/fleet.ts";
import type { Style } from "../style.ts";
import { cell, clip, clockText, dateText, oneLine, plural, wrap } from "../text.ts";
import { ageText, machineText, pullText, usdText } from "./machine.ts";

export interface FleetTextOptions {
  readonly utc: boolean;
  /** Of the terminal; null: nothing is cut. */
  readonly columns: number | null;
  readonly nowMs: number;
  /** Ended replicas and providers that are well, too. */
  readonly all: boolean;
}

const noteColumns = 76;
const label = 12;

/** Tables of pools, replicas and, where there is something to say, providers; for 80 columns. */
export function fleetText(fleet: Fleet, style: Style, options: FleetTextOptions): string {
  const providers = fleet.providers.filter((one) => options.all || hasNews(one));
  const shown = fleet.replicas.filter((one) => options.all || !isOver(one) || isFailed(one));
  const hidden = fleet.replicas.length - shown.length;
  const blocks = [
    headLines(fleet, style),
    poolLines(fleet.pools, style, options),
    shown.length === 0 ? ["Nothing is running."] : replicaLines(shown, style, options),
    providers.length === 0 ? [] : providerLines(providers, style, options.nowMs),
    hidden === 0 ? [] : [style.colors.dim(`${hidden} stopped: --all shows them.`)],
  ];
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

const isOver = ({ phase }: ReplicaView): boolean => phase === "stopped" || phase === "failed";
const isFailed = ({ phase }: ReplicaView): boolean => phase === "failed";
const hasNews = ({ ok, foreign }: ProviderView): boolean => !ok || foreign.length > 0;

function headLines(fleet: Fleet, { colors }: Style): string[] {
  const open = fleet.replicas.filter((one) => !isOver(one));
  const counted = open.filter(({ isFixed }) => !isFixed).length;
  const unpriced = open.filter(({ machine }) => machine.usdPerHour === "unpriced").length;
  const more = unpriced === 0 ? "" : `, and ${unpriced} without a known price`;
  const { replicas, usdPerHour } = fleet.ceiling;
  const row = (title: string, text: string): string => `${colors.dim(title.padEnd(label))}${text}`;
  return [
    `${colors.bold(oneLine(fleet.installation))}  policy ${fleet.policy}, ${fleet.topology} pools`,
    row("Cost", `${usdText(fleet.usdPerHour)} an hour now${more}`),
    row("Ceiling", `${usdText(usdPerHour)} an hour, ${counted} of ${plural(replicas, "replica")}`),
  ];
}

function poolLines(pools: readonly PoolView[], style: Style, options: FleetTextOptions): string[] {
  const names = Math.max(8, ...pools.map(({ pool }) => pool.length));
  const line = (...parts: readonly [string, string, string, string, string]): string =>
    table(parts, [names, 7, 6, 9], style);
  const head = style.colors.dim(line("POOL", "RUNNING", "WANTED", "BOUNDS", "TASKS"));
  const moment = (iso: string): string => momentText(iso, options);
  return [
    head,
    ...pools.flatMap(({ pool, running, wanted, min, max, ready, leased, paused, extra }) => [
      line(pool, String(running), String(wanted), `${min} to ${max}`, workText(ready, leased)),
      ...(paused === null
        ? []
        : note(
            `paused since ${moment(paused.since)}${paused.reason === null ? "" : `: ${paused.reason}`}`,
            style.colors.yellow,
          )),
      ...extra.flatMap(({ until }) =>
        note(`1 more asked for, until ${until === null ? "it is resumed" : moment(until)}`),
      ),
    ]),
  ];
}

function workText(ready: number, leased: number): string {
  if (ready === 0 && leased === 0) return "none";
  const parts = [leased > 0 ? `${leased} running` : null, ready > 0 ? `${ready} waiting` : null];
  return parts.filter((part) => part !== null).join(", ");
}

function replicaLines(
  replicas: readonly ReplicaView[],
  style: Style,
  { columns, nowMs }: FleetTextOptions,
): string[] {
  const names = Math.max(8, ...replicas.map(({ name }) => name.length));
  const widths = [names, 13, 6, 5, 9];
  const room = columns === null ? Number.POSITIVE_INFINITY : columns - names - 33 - 5;
  const line = (parts: readonly string[]): string => table(parts, widths, style);
  const head = line(["REPLICA", "PHASE", "SINCE", "WORK", "COST", "MACHINE"]);
  const lines = replicas.flatMap((one) => {
    const where = [machineText(one.machine), one.provider, ...(one.isFixed ? ["fixed"] : [])];
    const machine = oneLine([...new Set(where)].join(", "));
    const [name = "", phase = "", ...rest] = [
      cell(one.name, names, style),
      cell(one.phase.replaceAll("_", " "), 13, style),
      cell(ageText(one.since, nowMs), 6, style),
      cell(one.slots === 0 ? "-" : `${one.leases}/${one.slots}`, 5, style),
      cell(one.costUsd === null ? "-" : usdText(one.costUsd), 9, style),
      clip(machine, room, style),
    ];
    return [
      [name, tintOf(one, style)(phase), ...rest].join(" ").trimEnd(),
      ...replicaNotes(one, style),
    ];
  });
  return [style.colors.dim(head), ...lines];
}

function tintOf({ phase }: ReplicaView, { colors }: Style): (text: string) => string {
  if (phase === "ready") return colors.green;
  if (phase === "failed") return colors.red;
  return phase === "draining" ? colors.yellow : (text) => text;
}

/** What a long phase does, what its provider says is wrong, and why it goes or went. */
function replicaNotes(one: ReplicaView, { colors }: Style): string[] {
  const pulled = one.pull === null ? null : pullText(one.pull);
  const said = one.note ?? pulled;
  // The note often tells the bytes itself.
  const both = said !== null && pulled !== null && !said.includes(" of ");
  const ends = isOver(one) || one.phase === "draining";
  return [
    ...(said === null ? [] : note(both ? `${said}, ${pulled}` : said, colors.dim)),
    ...(one.trouble === null ? [] : note(`trouble: ${one.trouble}`, colors.red)),
    ...(ends && one.reason !== null ? note(one.reason, colors.dim) : []),
  ];
}

function providerLines(providers: readonly ProviderView[], style: Style, nowMs: number): string[] {
  const names = Math.max(8, ...providers.map(({ name }) => name.length));
  const kinds = Math.max(10, ...providers.map(({ kind }) => kind.length));
  const line = (parts: readonly string[]): string => table(parts, [names, kinds], style);
  const { colors } = style;
  return [
    colors.dim(line(["PROVIDER", "KIND", "STATE"])),
    ...providers.flatMap(({ name, kind, ok, detail, seenAt, foreign }) => {
      const seen = seenAt === null ? "never seen" : `seen ${ageText(seenAt, nowMs)} ago`;
      const others = `not ours, left alone: ${foreign.join(", ")}`;
      return [
        line([name, kind, `${ok ? "answers" : "does not answer"}, ${seen}`]),
        ...(ok || detail === null ? [] : note(detail, colors.red)),
        ...(foreign.length === 0 ? [] : note(others, colors.dim)),
      ];
    }),
  ];
}

/** Cells of the widths given, one blank apart; the last one as long as it is. */
const table = (parts: readonly string[], widths: readonly number[], style: Style): string =>
  parts
    .map((part, index) => {
      const width = widths[index];
      return width === undefined ? part : cell(part, width, style);
    })
    .join(" ")
    .trimEnd();

const note = (text: string, tint = (one: string): string => one): string[] =>
  wrap(oneLine(text), noteColumns).map((line) => `    ${tint(line)}`);

/** The time of day, with the date where it is not of the same day or so. */
function momentText(iso: string, { utc, nowMs }: FleetTextOptions): string {
  const atMs = Date.parse(iso);
  return Math.abs(atMs - nowMs) < 12 * 3_600_000 ? clockText(atMs, utc) : dateText(iso, utc);
}
