import { type FieldSample, qualityOf } from "../../core/calibration/fit.ts";
import { type ReliabilityBin, reliability } from "../../core/calibration/measures.ts";
import { label, line, picture, px, scaleTo } from "../../sim/report/svg.ts";
import { escaped } from "../../sim/report/words.ts";
import { htmlTable } from "./page.ts";

const size = { width: 360, height: 330 };
const area = { left: 46, right: 350, top: 12, bottom: 288 };

/** Confidence beside the share of right answers, as said and as calibrated with each deck left out. */
export interface ReliabilitySection {
  readonly label: string;
  readonly said: readonly FieldSample[];
  readonly leftOut: readonly FieldSample[];
}

export function reliabilitySection(runs: readonly ReliabilitySection[]): string {
  const parts = runs.map(({ label: name, said, leftOut }, at) => {
    const figures = [
      figure(`said-${at}`, "As the engine says", said),
      figure(`left-${at}`, "Calibrated, each deck left out", leftOut),
    ];
    const rows = [
      ...binRows("as said", reliability(said)),
      ...binRows("calibrated", reliability(leftOut)),
    ];
    return `<h3>${escaped(name)}</h3><div class="card"><div class="grid3">${figures.join("")}</div></div>${htmlTable("Answers by confidence", ["", "confidence", "answers", "mean said", "right", "95 %"], rows)}`;
  });
  return `<h2>Calibration</h2><p>A mark on the line means: of the answers said with that confidence, just that share was right. The bars are 95 % intervals; beside each mark stands how many answers it holds. Few answers in a mark say little. To the right, each deck's confidences come from curves that were fitted to all other decks.</p>${parts.join("")}`;
}

function figure(id: string, title: string, samples: readonly FieldSample[]): string {
  const bins = reliability(samples);
  const quality = qualityOf(samples);
  const figures =
    quality === null
      ? "no answers"
      : `Brier ${quality.brier.toFixed(3)}, calibration error ${quality.error.toFixed(3)}, ${quality.answers} answers`;
  return `<figure><figcaption>${escaped(title)}</figcaption>${diagram(id, title, bins)}<p class="figures">${escaped(figures)}</p></figure>`;
}

function diagram(id: string, title: string, bins: readonly ReliabilityBin[]): string {
  const x = scaleTo(1, area.left, area.right, 5);
  const y = scaleTo(1, area.bottom, area.top, 5);
  const grid = y.ticks.map(
    (value) =>
      line(area.left, y(value), area.right, y(value), "grid") +
      label(area.left - 6, y(value) + 4, value.toFixed(1), "tick", "end") +
      label(x(value), area.bottom + 16, value.toFixed(1), "tick", "middle"),
  );
  const marks = bins.map(({ meanConfidence, right }) => {
    const [cx, cy] = [x(meanConfidence), y(right.share ?? 0)];
    const hint = `said ${meanConfidence.toFixed(2)}: ${right.hits} of ${right.of} right`;
    return (
      line(cx, y(right.low), cx, y(right.high), "curve s0") +
      `<circle cx="${px(cx)}" cy="${px(cy)}" r="5" class="mark s0"><title>${escaped(hint)}</title></circle>` +
      label(cx - 8, Math.min(cy + 16, area.bottom - 4), String(right.of), "tiny", "end")
    );
  });
  const body = [
    ...grid,
    line(x(0), y(0), x(1), y(1), "arrivals"),
    ...marks,
    label((area.left + area.right) / 2, size.height - 8, "confidence", "axis", "middle"),
  ];
  const description = bins
    .map(
      ({ meanConfidence, right }) =>
        `${meanConfidence.toFixed(2)} said, ${right.hits} of ${right.of} right`,
    )
    .join("; ");
  return picture({
    id,
    ...size,
    title: `${title}: share of right answers`,
    description,
    body: body.join(""),
  });
}

const binRows = (name: string, bins: readonly ReliabilityBin[]): string[][] =>
  bins.map(({ from, to, meanConfidence, right }) => [
    escaped(name),
    `${from.toFixed(1)} to ${to.toFixed(1)}`,
    String(right.of),
    meanConfidence.toFixed(2),
    `${right.hits} (${((right.share ?? 0) * 100).toFixed(0)} %)`,
    `${(right.low * 100).toFixed(0)} to ${(right.high * 100).toFixed(0)}`,
  ]);
