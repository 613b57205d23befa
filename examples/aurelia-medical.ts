import { barChart, bullets, type Deck, edge, panel, slide, steps, write } from "./deck-kit.ts";

/** The slides of Aurelia Cardio that carry its medical claims. */
export const theme = {
  ink: "#14263d",
  soft: "#56677a",
  accent: "#0f8b8d",
  second: "#1f4e79",
  paper: "#ffffff",
  panel: "#eef5f5",
  dark: "#12304f",
};

export function product(deck: Deck): void {
  slide(deck, "Product", "How it works: from the skin to the nurse in four steps");
  steps(
    deck,
    [
      {
        title: "Measure",
        text: "Six electrodes send a weak current through the chest and read its impedance each hour.",
      },
      {
        title: "Send",
        text: "A small hub by the bed passes encrypted readings on over the mobile network.",
      },
      {
        title: "Predict",
        text: "Our model compares the trend with the patient's own base line and gives a risk.",
      },
      {
        title: "Act",
        text: "The nurse sees who is getting worse and adapts the dose of the diuretic by phone.",
      },
    ],
    190,
  );
  panel(deck, edge, 400, 848, 70);
  write(
    deck,
    "Patch, hub and software are one medical device. The data stay in the European Union.",
    edge + 24,
    426,
    {
      size: 17,
      bold: true,
    },
  );
}

export function science(deck: Deck): void {
  slide(
    deck,
    "Scientific rationale",
    "Fluid conducts: impedance falls long before the patient feels it",
  );
  const { pdf } = deck;
  panel(deck, edge, 165, 500, 305);
  write(deck, "Thoracic impedance before admission (ohm)", edge + 20, 180, {
    size: 13,
    bold: true,
  });
  pdf
    .lineWidth(1)
    .strokeColor("#9fb0bf")
    .moveTo(110, 215)
    .lineTo(110, 420)
    .lineTo(530, 420)
    .stroke();
  const readings = [62, 63, 62, 61, 62, 60, 58, 57, 55, 52, 50, 47, 45, 42];
  pdf.lineWidth(3).strokeColor(theme.accent);
  readings.forEach((ohm, index) => {
    const x = 120 + index * 30;
    const y = 420 - (ohm - 38) * 7.5;
    if (index === 0) pdf.moveTo(x, y);
    else pdf.lineTo(x, y);
  });
  pdf.stroke();
  for (const [ohm, y] of [
    ["60", 255],
    ["50", 330],
    ["40", 405],
  ] as const) {
    write(deck, ohm, 76, y - 6, { size: 12, colour: theme.soft, width: 26, align: "right" });
  }
  write(deck, "26 days before", 114, 430, { size: 12, colour: theme.soft });
  write(deck, "Admission", 470, 430, { size: 12, colour: theme.soft });
  write(deck, "Source: own pilot AUR-HF-01, n = 41, mean of all patients", edge + 20, 452, {
    size: 10,
    colour: theme.soft,
  });
  bullets(
    deck,
    [
      "Water in lung tissue lowers its electrical resistance; the effect has been known since the 1970s.",
      "New: six electrodes part lung from chest wall, so that posture and sweat cancel out.",
      "The method is described in two peer-reviewed papers and one granted European patent.",
    ],
    600,
    178,
    310,
    15,
  );
}

export function clinical(deck: Deck): void {
  slide(deck, "Clinical evidence", "AUR-HF-02: the patch finds 89 % of decompensations");
  panel(deck, edge, 130, 520, 340);
  write(deck, "Sensitivity for decompensation within 14 days", edge + 24, 148, {
    size: 14,
    bold: true,
  });
  barChart(
    deck,
    [
      { label: "Weight scale", value: 21, text: "21 %", colour: "#9fb0bf" },
      { label: "Nurse calls", value: 38, text: "38 %", colour: "#9fb0bf" },
      { label: "Aurelia Patch", value: 89, text: "89 %" },
    ],
    { x: edge + 30, y: 205, width: 460, height: 215, max: 89 },
  );
  const facts = [
    ["Design", "prospective, 5 centres, blinded readings"],
    ["Patients", "n = 184, NYHA II-III, 6 months"],
    ["Sensitivity", "89 % (95 % CI 84-93 %)"],
    ["False alarms", "0.6 per patient-year (95 % CI 0.4-0.8)"],
    ["Registration", "NCT09812764"],
  ] as const;
  facts.forEach(([name, value], index) => {
    write(deck, name, 606, 140 + index * 62, { size: 12, bold: true, colour: theme.accent });
    write(deck, value, 606, 157 + index * 62, { size: 15, width: 300 });
  });
  write(
    deck,
    "Comparison with weight scale and nurse calls was not randomised; 11 of 184 patients left the study early and are counted as missed. Data lock 30 June 2026.",
    edge,
    486,
    { size: 5.5, colour: theme.soft },
  );
}

export function regulatory(deck: Deck): void {
  slide(deck, "Regulatory pathway", "CE mark first, the United States nine months later");
  const { pdf } = deck;
  pdf.rect(edge + 20, 238, 808, 4).fill("#cfd6dd");
  const stops = [
    ["Q1 2026", "ISO 13485", "Quality system certified", true],
    ["Q4 2026", "Technical file", "Handed to the notified body under MDR", false],
    ["Q2 2027", "CE Class IIa", "Expected; sales in Germany and Benelux", false],
    ["Q1 2028", "FDA 510(k)", "Planned; predicate chosen, pre-submission held", false],
  ] as const;
  stops.forEach(([when, what, text, done], index) => {
    const x = edge + 20 + index * 212;
    pdf.circle(x + 12, 240, 12).fill(done ? theme.accent : "#ffffff");
    pdf
      .lineWidth(3)
      .circle(x + 12, 240, 12)
      .stroke(theme.accent);
    write(deck, when, x, 196, { size: 15, bold: true, colour: theme.accent });
    write(deck, what, x, 268, { size: 18, bold: true });
    write(deck, text, x, 294, { size: 14, colour: theme.soft, width: 180 });
  });
  panel(deck, edge, 380, 848, 90);
  write(deck, "Done: ISO 13485, IEC 60601-1 tests, IEC 62304 software file.", edge + 24, 398, {
    size: 16,
    bold: true,
  });
  write(
    deck,
    "Open: clinical evaluation report, cybersecurity file for FDA, usability study in English.",
    edge + 24,
    428,
    { size: 16 },
  );
}
