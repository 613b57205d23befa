import type { Canvas } from "./canvas.ts";
import type { Look, Rgb } from "./look.ts";
import type { Dice } from "./random.ts";
import type { Chart } from "./types.ts";

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const labelSize = 14.6;

/** Draws a chart from paths and words, as office programs do. */
export function drawChart(canvas: Canvas, look: Look, dice: Dice, chart: Chart, area: Area): void {
  if (chart.form === "pie") drawPie(canvas, look, chart, area);
  else if (chart.form === "rows") drawRows(canvas, look, chart, area);
  else drawPlot(canvas, look, dice, chart, area);
}

function drawPlot(canvas: Canvas, look: Look, dice: Dice, chart: Chart, area: Area): void {
  const top = drawLabel(canvas, look, dice, chart, area);
  const plot = plotOf(area, top, !chart.onBars);
  const most = niceTop(Math.max(...chart.values));
  drawAxes(canvas, look, chart, plot, most);
  const step = plot.width / chart.values.length;
  const places = chart.values.map(
    (value, at) => [plot.x + step * (at + 0.5), plot.y + plot.height * (1 - value / most)] as const,
  );
  if (chart.form === "line") {
    canvas.line(places, look.accent, 3);
    for (const [x, y] of places) canvas.dot(x, y, 4, look.accent);
  } else {
    for (const [x, y] of places) {
      canvas.box(x - step * 0.3, y, step * 0.6, plot.y + plot.height - y, look.accent);
    }
  }
  chart.labels.forEach((label, at) => {
    const [x, y] = places[at] ?? [plot.x, plot.y];
    const pen = {
      size: labelSize - 1.5,
      role: "label" as const,
      width: step,
      align: "center" as const,
    };
    canvas.write(label, x - step / 2, plot.y + plot.height + 5, pen);
    if (chart.onBars) {
      canvas.write(`${chart.values[at]}${chart.suffix}`, x - step / 2, y - 18, pen);
    }
  });
}

/** 1, 2 or 5 with zeros, at or above the value. */
function niceTop(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= value) ?? 10) * power;
}

function drawLabel(canvas: Canvas, look: Look, dice: Dice, chart: Chart, area: Area): number {
  if (chart.label === null) return area.y;
  const pen = { size: labelSize, role: "label" as const, colour: look.ink };
  if (dice.chance(0.2) && canvas.widthOf(chart.label, pen) < area.height) {
    canvas.writeUp(chart.label, area.x - 2, area.y + area.height - 20, pen);
    return area.y;
  }
  return area.y + canvas.write(chart.label, area.x, area.y, { ...pen, width: area.width }) + 6;
}

function plotOf(area: Area, top: number, ticks: boolean): Area {
  const left = area.x + (ticks ? 64 : 22);
  const upper = top + 20;
  const width = area.x + area.width - left;
  return { x: left, y: upper, width, height: area.y + area.height - upper - 26 };
}

function drawAxes(canvas: Canvas, look: Look, chart: Chart, plot: Area, most: number): void {
  const floor = plot.y + plot.height;
  canvas.line(
    [
      [plot.x, plot.y],
      [plot.x, floor],
      [plot.x + plot.width, floor],
    ],
    look.ink,
    1.2,
  );
  if (chart.onBars) return;
  for (let step = 0; step <= 4; step++) {
    const y = floor - (plot.height * step) / 4;
    canvas.line(
      [
        [plot.x - 4, y],
        [plot.x, y],
      ],
      look.ink,
      1,
    );
    const value = Math.round(((most * step) / 4) * 100) / 100;
    const pen = { size: labelSize - 2, role: "label" as const, width: 50, align: "right" as const };
    canvas.write(`${value}${chart.suffix}`, plot.x - 56, y - 7, pen);
  }
}

function shades(look: Look, count: number): Rgb[] {
  return Array.from({ length: count }, (_, at) => {
    const share = 0.15 + (0.7 * at) / Math.max(1, count);
    const part = (index: 0 | 1 | 2): number =>
      Math.round(look.accent[index] + (look.paper[index] - look.accent[index]) * share);
    return [part(0), part(1), part(2)] as const;
  });
}

/** Parts with their names and shares beside them. */
function drawPie(canvas: Canvas, look: Look, chart: Chart, area: Area): void {
  const pen = { size: labelSize, role: "label" as const };
  const top =
    chart.label === null
      ? area.y
      : area.y + canvas.write(chart.label, area.x, area.y, { ...pen, width: area.width }) + 8;
  const radius = Math.min(area.width * 0.24, (area.y + area.height - top) / 2.2);
  const middle = [area.x + radius + 6, top + radius + 4] as const;
  const sum = chart.values.reduce((a, b) => a + b, 0);
  const colours = shades(look, chart.values.length);
  let angle = -Math.PI / 2;
  chart.values.forEach((value, at) => {
    const to = angle + (2 * Math.PI * value) / sum;
    canvas.slice(middle[0], middle[1], radius, angle, to, colours[at] ?? look.accent);
    angle = to;
    const text = `${chart.labels[at]} ${value}${chart.suffix}`;
    const x = area.x + radius * 2 + 30;
    canvas.box(x - 16, top + at * 27 + 3, 10, 10, colours[at] ?? look.accent);
    canvas.write(text, x, top + at * 27, { ...pen, width: area.x + area.width - x });
  });
}

/** Bars that lie, each with its name before and its number behind. */
function drawRows(canvas: Canvas, look: Look, chart: Chart, area: Area): void {
  const pen = { size: labelSize, role: "label" as const };
  const top =
    chart.label === null
      ? area.y
      : area.y + canvas.write(chart.label, area.x, area.y, { ...pen, width: area.width }) + 8;
  const step = (area.y + area.height - top) / chart.values.length;
  const left = area.x + area.width * 0.34;
  const most = Math.max(...chart.values);
  chart.values.forEach((value, at) => {
    const y = top + at * step;
    canvas.write(chart.labels[at] ?? "", area.x, y + step * 0.2, {
      ...pen,
      width: left - area.x - 8,
    });
    const width = (area.x + area.width - left - 80) * (value / most);
    canvas.box(left, y + step * 0.12, width, step * 0.6, look.accent);
    canvas.write(`${value}${chart.suffix}`, left + width + 8, y + step * 0.2, pen);
  });
}
