import type { Curve } from "./data.ts";
import {
  label,
  line,
  mark,
  picture,
  px,
  type Scale,
  scaleTo,
  seriesColours,
  timeScaleTo,
} from "./svg.ts";
import { time, usd } from "./words.ts";

const width = 960;
const height = 440;
const area = { left: 74, right: width - 40, top: 18, bottom: height - 52 };

/** Cost against delay: further left is faster, further down is cheaper. */
export function paretoPicture(curves: readonly Curve[]): string {
  const points = curves.flatMap((curve) => curve.points);
  const slowest =
    quantile(
      points.map(({ delayMs }) => delayMs),
      0.9,
    ) * 1.25;
  const dearest =
    quantile(
      points.map(({ usdPerDocument }) => usdPerDocument),
      0.9,
    ) * 1.25;
  const x = timeScaleTo(
    Math.min(slowest, most(points.map((p) => p.delayMs))),
    area.left,
    area.right,
    8,
  );
  const y = scaleTo(
    Math.min(dearest, most(points.map((p) => p.usdPerDocument))),
    area.bottom,
    area.top,
    6,
  );
  const shown = curves.map((curve, series) => curveOf(curve, series, x, y)).join("");
  return picture({
    id: "pareto",
    width,
    height,
    title: "Cost of a document against its delay",
    description: `${curves.map(({ name, points: own }) => `${name}: ${own.length} settings`).join("; ")}. The table below holds the figures.`,
    body: `${axes(x, y)}<clipPath id="pareto-area"><rect x="${area.left - 8}" y="${area.top - 8}" width="${area.right - area.left + 16}" height="${area.bottom - area.top + 16}"/></clipPath><g clip-path="url(#pareto-area)">${shown}</g>`,
  });
}

const most = (values: readonly number[]): number => Math.max(0, ...values);

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

function axes(x: Scale, y: Scale): string {
  const down = x.ticks.map(
    (ms) =>
      line(x(ms), area.top, x(ms), area.bottom, "grid") +
      label(x(ms), area.bottom + 20, time(ms), "tick", "middle"),
  );
  const across = y.ticks.map(
    (amount) =>
      line(area.left, y(amount), area.right, y(amount), "grid") +
      label(area.left - 10, y(amount) + 4, usd(amount), "tick", "end"),
  );
  const names =
    label(
      (area.left + area.right) / 2,
      height - 8,
      "mean delay over the quickest possible",
      "axis",
      "middle",
    ) +
    `<text class="axis" text-anchor="middle" transform="translate(14 ${(area.top + area.bottom) / 2}) rotate(-90)">cost of a document</text>`;
  return down.join("") + across.join("") + names;
}

function curveOf(curve: Curve, series: number, x: Scale, y: Scale): string {
  const points = curve.points.map((point) => ({
    ...{ px: x(point.delayMs), py: y(point.usdPerDocument) },
    ...{
      label: point.label,
      hint: `${curve.name}, ${curve.setting} ${point.label}: ${usd(point.usdPerDocument)} a document, ${time(point.delayMs)} delay`,
    },
  }));
  const path = points.map((point, n) => `${n === 0 ? "M" : "L"}${px(point.px)} ${px(point.py)}`);
  const colour = `s${series % seriesColours}`;
  const stroke =
    points.length < 2
      ? ""
      : `<path d="${path.join("")}" class="curve ${colour}${curve.isOurs ? " ours" : ""}"/>`;
  const marks = points.map((point) =>
    mark(series, point.px, point.py, curve.isOurs ? 5 : 4, point.hint),
  );
  const names = curve.isOurs
    ? points.map((point) => label(point.px + 8, point.py - 7, point.label, "note"))
    : [];
  return stroke + marks.join("") + names.join("");
}
