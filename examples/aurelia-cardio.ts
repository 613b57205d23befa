import { clinical, product, regulatory, science, theme } from "./aurelia-medical.ts";
import {
  barChart,
  blank,
  bullets,
  type Deck,
  edge,
  figure,
  makeDeck,
  panel,
  people,
  rowChart,
  slide,
  table,
  write,
} from "./deck-kit.ts";

/**
 * A made-up medical company. Four things are wrong on purpose, for the feedback to find: a footnote
 * far too small (slide 6), a label too pale (slide 8), a chart without a source (slide 13), and two
 * patient numbers that disagree (slides 3 and 11).
 */
export const aureliaCardio = (): Promise<Buffer> =>
  makeDeck("Aurelia Cardio", theme, new Date("2026-10-05T09:00:00Z"), (deck) => {
    for (const draw of [cover, problem, solution, product, science, clinical, regulatory])
      draw(deck);
    for (const draw of [market, competition, business, traction, team, financials, ask]) draw(deck);
  });

function cover(deck: Deck): void {
  blank(deck, theme.dark);
  deck.pdf.circle(800, 270, 190).fill("#17406a");
  deck.pdf.circle(800, 270, 130).fill("#1c5078");
  deck.pdf.lineWidth(5).strokeColor("#5fd3c8").lineJoin("round");
  deck.pdf.moveTo(640, 280).lineTo(725, 280).lineTo(748, 240).lineTo(778, 350).lineTo(810, 190);
  deck.pdf.lineTo(838, 300).lineTo(856, 280).lineTo(940, 280).stroke();
  write(deck, "Aurelia Cardio", edge, 175, { size: 54, bold: true, colour: "#ffffff" });
  write(
    deck,
    "A skin patch that sees heart failure getting worse two weeks before the ambulance does",
    edge,
    250,
    {
      size: 20,
      colour: "#d5e6ea",
      width: 500,
    },
  );
  write(deck, "Pitch deck, October 2026", edge, 350, { size: 15, colour: "#5fd3c8", bold: true });
}

function problem(deck: Deck): void {
  slide(deck, "Problem", "One in four patients is back in hospital within 30 days");
  figure(deck, "64 M", "people live with heart failure worldwide [1]", edge, 170, 270);
  figure(deck, "24 %", "are readmitted within 30 days of discharge [2]", edge + 290, 170, 270);
  figure(deck, "EUR 7,900", "mean cost of one readmission in Germany [3]", edge + 580, 170, 268);
  bullets(
    deck,
    [
      "Fluid builds up in the lungs for 10 to 20 days before symptoms appear.",
      "Weight scales miss four of five of these episodes, and implants cost EUR 15,000.",
      "Cardiology nurses call patients once a week: too late, and too often without need.",
    ],
    edge,
    300,
    780,
    17,
  );
  write(
    deck,
    "Sources: [1] Global Burden of Disease 2021. [2] European registry 2023. [3] Hospital report 2024.",
    edge,
    474,
    {
      size: 11,
      colour: theme.soft,
    },
  );
}

function solution(deck: Deck): void {
  slide(deck, "Solution", "Lung fluid measured every hour, at home, without an implant");
  panel(deck, edge, 170, 400, 300);
  write(deck, "For patients", edge + 24, 192, { size: 18, bold: true });
  bullets(
    deck,
    [
      "Worn for 14 days, showers included",
      "No charging, no phone needed",
      "A call only when something changes",
    ],
    edge + 24,
    228,
    350,
    16,
  );
  panel(deck, edge + 448, 170, 400, 300);
  write(deck, "For heart failure clinics", edge + 472, 192, { size: 18, bold: true });
  bullets(
    deck,
    [
      "One list of patients, ordered by risk",
      "Warning 13 days ahead in the median",
      "Fits into the existing hospital record",
    ],
    edge + 472,
    228,
    350,
    16,
  );
  write(deck, "1,400 patients monitored so far", edge + 24, 400, {
    size: 20,
    bold: true,
    colour: theme.accent,
  });
  write(deck, "9 hospitals in 3 countries", edge + 472, 400, {
    size: 20,
    bold: true,
    colour: theme.accent,
  });
}

function market(deck: Deck): void {
  slide(deck, "Market", "Remote heart failure care grows to $21 billion by 2030");
  const { pdf } = deck;
  pdf.circle(260, 310, 160).fill("#d7e9ea");
  pdf.circle(260, 355, 112).fill("#8fc6c8");
  pdf.circle(260, 400, 64).fill(theme.accent);
  write(deck, "TAM $21B", 160, 175, { size: 17, bold: true, width: 200, align: "center" });
  write(deck, "SAM $4.2B", 160, 270, { size: 17, bold: true, width: 200, align: "center" });
  write(deck, "SOM $310M", 160, 390, {
    size: 17,
    bold: true,
    width: 200,
    align: "center",
    colour: "#ffffff",
  });
  const rows = [
    ["TAM", "Remote monitoring of chronic heart disease, worldwide, 2030"],
    ["SAM", "Heart failure NYHA II-III in Europe and the United States"],
    ["SOM", "290,000 patients in clinics that already have a telemonitoring budget"],
  ] as const;
  rows.forEach(([name, text], index) => {
    write(deck, name, 500, 180 + index * 84, { size: 18, bold: true, colour: theme.accent });
    write(deck, text, 570, 180 + index * 84, { size: 16, width: 330 });
  });
  write(deck, "Growth 17 % a year; reimbursed in 11 countries", 500, 432, {
    size: 15,
    colour: "#ccd5db",
  });
  write(
    deck,
    "Source: MedMarket Insight, Remote Cardiac Monitoring 2025; own count of clinics.",
    500,
    474,
    {
      size: 11,
      colour: theme.soft,
    },
  );
}

function competition(deck: Deck): void {
  slide(deck, "Competition", "Early warning as good as an implant, at a fraction of its price");
  table(
    deck,
    [
      ["", "Warning ahead", "Sensitivity", "Surgery", "Price a year"],
      ["Aurelia Patch", "13 days", "89 %", "No", "EUR 1,068"],
      ["Implanted sensor", "19 days", "92 %", "Yes", "EUR 15,000 once"],
      ["Radar vest", "at visits only", "87 %", "No", "EUR 6,200"],
      ["Weight scale programmes", "2 days", "21 %", "No", "EUR 480"],
      ["Smart watches", "none shown", "not reported", "No", "EUR 400 once"],
    ],
    { x: edge, y: 170, widths: [228, 155, 155, 130, 180], rowHeight: 46, size: 14, ours: 0 },
  );
  write(
    deck,
    "Sources: makers' instructions for use and list prices, September 2026; AUR-HF-02.",
    edge,
    474,
    {
      size: 11,
      colour: theme.soft,
    },
  );
}

function business(deck: Deck): void {
  slide(deck, "Business model", "Clinics rent the service; insurers already pay for it");
  figure(deck, "EUR 89", "a patient and month, patch and software included", edge, 165, 250);
  figure(deck, "71 %", "gross margin at 5,000 patients", edge + 300, 165, 240);
  figure(deck, "8 months", "to earn back the cost of winning a clinic", edge + 580, 165, 260);
  write(deck, "Reimbursement", edge, 290, { size: 18, bold: true });
  bullets(
    deck,
    [
      "Germany: EBM 13583-13587 telemonitoring in heart failure, about EUR 1,200 a patient and year.",
      "United States: CPT 99453, 99454 and 99457, about $118 a patient and month.",
      "Netherlands: bundled payment agreed with two insurers.",
    ],
    edge,
    322,
    800,
    16,
  );
}

function traction(deck: Deck): void {
  slide(deck, "Traction", "1,240 patients monitored, and no clinic has left");
  barChart(
    deck,
    [
      { label: "Q3 2025", value: 180, text: "180" },
      { label: "Q4 2025", value: 340, text: "340" },
      { label: "Q1 2026", value: 590, text: "590" },
      { label: "Q2 2026", value: 905, text: "905" },
      { label: "Q3 2026", value: 1240, text: "1,240" },
    ],
    { x: edge, y: 190, width: 500, height: 235, max: 1240 },
  );
  write(deck, "Patients monitored, cumulated. Source: own system, 30 September 2026", edge, 470, {
    size: 11,
    colour: theme.soft,
  });
  bullets(
    deck,
    [
      "9 hospitals under contract, two of them university hospitals",
      "EUR 412,000 yearly recurring revenue",
      "Pilot agreement with one statutory insurer for 600 patients",
      "EUR 1.6M seed and EUR 0.9M grants received in 2024",
    ],
    600,
    185,
    310,
    16,
  );
}

function team(deck: Deck): void {
  slide(deck, "Team", "Cardiology, sensors and medical software under one roof");
  people(
    deck,
    [
      {
        name: "Dr. Helena Brandt",
        role: "Chief Executive",
        text: "Cardiologist, 12 years at a university heart centre, led two device trials",
      },
      {
        name: "Matteo Ricci",
        role: "Chief Technology",
        text: "Built bio-impedance sensors for a maker of insulin pumps, 9 patents",
      },
      {
        name: "Sanne de Vries",
        role: "Regulatory Affairs",
        text: "Brought four class IIa devices to market under MDR",
      },
      {
        name: "Jonas Okafor",
        role: "Commercial",
        text: "Sold telemonitoring to 60 hospitals in Germany and the Netherlands",
      },
    ],
    160,
  );
}

function financials(deck: Deck): void {
  slide(deck, "Financials", "EUR 19.4M revenue in 2030, profitable from 2029");
  barChart(
    deck,
    [
      { label: "2026", value: 0.4, text: "0.4", colour: theme.second },
      { label: "2027 F", value: 1.3, text: "1.3" },
      { label: "2028 F", value: 4.1, text: "4.1" },
      { label: "2029 F", value: 9.8, text: "9.8" },
      { label: "2030 F", value: 19.4, text: "19.4" },
    ],
    { x: edge, y: 190, width: 520, height: 240, max: 19.4 },
  );
  table(
    deck,
    [
      ["EUR M", "2027", "2028", "2029"],
      ["Revenue", "1.3", "4.1", "9.8"],
      ["Gross margin", "58 %", "66 %", "71 %"],
      ["EBITDA", "-2.2", "-1.1", "0.9"],
      ["Patients", "2,600", "7,900", "18,500"],
    ],
    { x: 610, y: 190, widths: [114, 60, 60, 60], rowHeight: 44, size: 13 },
  );
}

function ask(deck: Deck): void {
  slide(deck, "The ask", "We are raising EUR 4.5M Series A");
  write(
    deck,
    "It carries us through CE marking to 2,600 patients and the 510(k) submission, 24 months.",
    edge,
    122,
    {
      size: 17,
      colour: theme.soft,
    },
  );
  write(deck, "Use of funds", edge, 180, { size: 18, bold: true });
  rowChart(
    deck,
    [
      { label: "Clinical studies", value: 1.9, text: "EUR 1.9M" },
      { label: "Regulatory: CE and FDA", value: 1.1, text: "EUR 1.1M" },
      { label: "Product and production", value: 0.9, text: "EUR 0.9M" },
      { label: "Sales in DE and NL", value: 0.6, text: "EUR 0.6M" },
    ],
    { x: edge, y: 216, width: 300, label: 190, max: 1.9 },
  );
  panel(deck, 660, 180, 244, 222, theme.dark);
  write(deck, "Contact", 684, 202, { size: 18, bold: true, colour: "#ffffff" });
  write(deck, "Dr. Helena Brandt", 684, 240, { size: 16, colour: "#ffffff" });
  write(deck, "helena@aureliacardio.example", 684, 266, { size: 13, colour: "#5fd3c8" });
  write(deck, "www.aureliacardio.example", 684, 288, { size: 13, colour: "#5fd3c8" });
  write(deck, "Aurelia Cardio GmbH, Leipzig", 684, 330, { size: 13, colour: "#d5e6ea" });
  write(deck, "Next milestone: CE Class IIa, Q2 2027", edge, 440, {
    size: 17,
    bold: true,
    colour: theme.accent,
  });
}
