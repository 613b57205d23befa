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
  steps,
  table,
  write,
} from "./deck-kit.ts";

const theme = {
  ink: "#22201d",
  soft: "#6b655d",
  accent: "#c8551b",
  second: "#2f4b3c",
  paper: "#fbf8f3",
  panel: "#f1e9dd",
  dark: "#2f4b3c",
};

/** A made-up logistics company. Its ask is a range, and its date stands on the last slide alone. */
export const loopFreight = (): Promise<Buffer> =>
  makeDeck("LoopFreight", theme, new Date("2026-03-02T09:00:00Z"), (deck) => {
    for (const draw of [cover, problem, solution, product, dashboard, market]) draw(deck);
    for (const draw of [competition, business, traction, roadmap, team, ask]) draw(deck);
  });

function cover(deck: Deck): void {
  blank(deck, theme.dark);
  const { pdf } = deck;
  pdf.lineWidth(26).strokeColor("#3d6350").circle(760, 270, 150).stroke();
  pdf.lineWidth(26).strokeColor(theme.accent).path("M 760 120 A 150 150 0 0 1 910 270").stroke();
  pdf.rect(700, 225, 120, 90).fill("#e8d8bd");
  pdf.rect(754, 225, 12, 90).fill("#cdb88f");
  write(deck, "LoopFreight", edge, 190, { size: 56, bold: true, colour: "#ffffff" });
  write(deck, "Returnable packaging that finds its own way back", edge, 268, {
    size: 21,
    colour: "#dfe8e2",
    width: 480,
  });
}

function problem(deck: Deck): void {
  slide(deck, "Problem", "Every third returnable crate never comes back");
  figure(deck, "31 %", "of pooled crates are lost within two years", edge, 170, 240);
  figure(deck, "$9.40", "is the price of a new crate", edge + 300, 170, 220);
  figure(deck, "0", "carriers are paid for taking empties home", edge + 580, 170, 260);
  bullets(
    deck,
    [
      "Growers and retailers buy crates together, but nobody owns the way back.",
      "Trucks drive home empty on 28 % of their miles, past full yards of crates.",
      "New packaging rules ask for 40 % reuse by 2030, and single-use boxes get dearer.",
    ],
    edge,
    305,
    800,
    17,
  );
}

function solution(deck: Deck): void {
  slide(deck, "Solution", "We match empty crates with trucks that drive that way anyway");
  const cards = [
    ["Shippers", "pay a fee for each return, and stop buying replacements"],
    ["Carriers", "earn $38 a stop on a trip they would make empty"],
    ["Retailers", "get their yards cleared, with proof for the auditor"],
  ] as const;
  cards.forEach(([title, text], index) => {
    const x = edge + index * 290;
    panel(deck, x, 180, 268, 190);
    deck.pdf.rect(x, 180, 268, 6).fill(theme.accent);
    write(deck, title, x + 22, 212, { size: 21, bold: true });
    write(deck, text, x + 22, 250, { size: 16, width: 224, colour: theme.soft });
  });
  write(
    deck,
    "No hardware in the crate: a printed code and a camera at the gate are enough.",
    edge,
    415,
    {
      size: 18,
      bold: true,
      colour: theme.accent,
    },
  );
}

function product(deck: Deck): void {
  slide(deck, "Product", "How it works");
  steps(
    deck,
    [
      { title: "Count", text: "Gate cameras read the codes on crates as they leave and arrive." },
      { title: "Predict", text: "We forecast where empties pile up over the next ten days." },
      { title: "Match", text: "Offers go to carriers whose planned trips pass within five miles." },
      { title: "Settle", text: "Proof of return pays the carrier and credits the shipper." },
    ],
    190,
  );
  panel(deck, edge, 400, 848, 70);
  write(deck, "Median time from offer to accepted return: 41 minutes", edge + 24, 425, {
    size: 18,
    bold: true,
  });
}

function dashboard(deck: Deck): void {
  slide(deck, "Product", "One screen shows every crate, and what waiting costs");
  const { pdf } = deck;
  pdf.roundedRect(edge, 165, 848, 310, 8).fill("#ffffff");
  pdf.lineWidth(1).roundedRect(edge, 165, 848, 310, 8).stroke("#d9cfc0");
  pdf.rect(edge, 165, 848, 30).fill(theme.dark);
  write(deck, "Yard balance, Central Valley", edge + 16, 174, {
    size: 13,
    bold: true,
    colour: "#ffffff",
  });
  const yards = [
    { label: "Fresno DC", value: 4200, text: "4,200 empties" },
    { label: "Modesto", value: 2950, text: "2,950 empties" },
    { label: "Stockton", value: 1800, text: "1,800 empties" },
    { label: "Salinas", value: 640, text: "640 empties", colour: theme.second },
  ];
  rowChart(deck, yards, { x: edge + 24, y: 225, width: 330, label: 110, max: 4200, row: 56 });
  panel(deck, 660, 220, 220, 100);
  write(deck, "17 returns booked today", 678, 238, { size: 15, bold: true, width: 190 });
  write(deck, "5,310 crates on the way", 678, 272, { size: 15, width: 190 });
  panel(deck, 660, 340, 220, 100);
  write(deck, "Holding cost this week", 678, 358, { size: 15, bold: true, width: 190 });
  write(deck, "$2,140, down 18 %", 678, 392, { size: 15, width: 190 });
}

function market(deck: Deck): void {
  slide(deck, "Market", "A $12.6B market whose weak half is the way back");
  const rows = [
    { label: "Reusable transport packaging", value: 12.6, text: "$12.6B", colour: "#d8b394" },
    { label: "Food and grocery in North America", value: 3.4, text: "$3.4B", colour: "#d58a5a" },
    { label: "Reverse logistics of it", value: 0.9, text: "$0.9B" },
  ];
  rowChart(deck, rows, { x: edge, y: 190, width: 470, label: 260, max: 12.6, row: 70 });
  write(deck, "We start with produce in California: 210 million crate trips a year.", edge, 410, {
    size: 18,
    bold: true,
  });
  write(
    deck,
    "Sources: survey of crate poolers 2025; state shipping data 2024; own estimate.",
    edge,
    474,
    {
      size: 11,
      colour: theme.soft,
    },
  );
}

function competition(deck: Deck): void {
  slide(deck, "Competition", "Poolers own crates; we own the way back, for all of them");
  table(
    deck,
    [
      ["", "Any crate", "Uses empty trips", "No hardware", "Pays carriers"],
      ["LoopFreight", "Yes", "Yes", "Yes", "Yes"],
      ["Crate poolers", "Own only", "No", "Yes", "No"],
      ["Tracker makers", "Yes", "No", "No", "No"],
      ["Freight exchanges", "No", "Yes", "Yes", "Yes"],
      ["Spreadsheets and phone", "Yes", "No", "Yes", "No"],
    ],
    { x: edge, y: 175, widths: [228, 140, 170, 150, 160], rowHeight: 46, size: 14, ours: 0 },
  );
}

function business(deck: Deck): void {
  slide(deck, "Business model", "A fee for each crate returned");
  figure(deck, "$0.62", "paid by the shipper for a crate returned", edge, 170, 250);
  figure(deck, "$0.41", "paid on to the carrier", edge + 300, 170, 240);
  figure(deck, "34 %", "contribution margin", edge + 580, 170, 240);
  bullets(
    deck,
    [
      "Shippers save $1.15 a trip against buying new crates.",
      "Yearly contracts with a floor of 20,000 returns a month.",
      "Gate cameras are leased at cost, so that a yard is live within a week.",
    ],
    edge,
    305,
    800,
    17,
  );
}

function traction(deck: Deck): void {
  slide(deck, "Traction", "2.1 million crates returned in eleven months");
  barChart(
    deck,
    [
      { label: "Q2 2025", value: 140, text: "140k" },
      { label: "Q3 2025", value: 390, text: "390k" },
      { label: "Q4 2025", value: 640, text: "640k" },
      { label: "Q1 2026", value: 930, text: "930k" },
    ],
    { x: edge, y: 190, width: 480, height: 235, max: 930 },
  );
  write(deck, "Crates returned a quarter. Source: own settlements, February 2026", edge, 470, {
    size: 11,
    colour: theme.soft,
  });
  bullets(
    deck,
    [
      "14 shippers and 3 grocery chains under contract",
      "212 carriers have taken at least one return",
      "$1.1M yearly revenue run rate",
      "$600K raised from angels in 2024",
    ],
    590,
    195,
    310,
    17,
  );
}

function roadmap(deck: Deck): void {
  slide(deck, "Plan", "From one valley to the whole West Coast");
  table(
    deck,
    [
      ["", "2026", "2027", "2028"],
      ["Crates returned", "5.2M", "14M", "31M"],
      ["Revenue (forecast)", "$3.2M", "$8.7M", "$19M"],
      ["Yards live", "46", "120", "260"],
      ["Region", "California", "+ Oregon, Washington", "+ Arizona, Texas"],
    ],
    { x: edge, y: 180, widths: [230, 180, 230, 208], rowHeight: 52, size: 15 },
  );
}

function team(deck: Deck): void {
  slide(deck, "Team", "We have moved crates, code and money before");
  people(
    deck,
    [
      {
        name: "Maya Torres",
        role: "Chief Executive",
        text: "Ran returns for a grocery chain with 240 stores",
      },
      {
        name: "Daniel Kim",
        role: "Chief Technology",
        text: "Built matching at a freight exchange from zero to 40,000 loads a day",
      },
      {
        name: "Ruth Abebe",
        role: "Operations",
        text: "Opened 70 produce yards for a crate pooler",
      },
    ],
    165,
  );
}

function ask(deck: Deck): void {
  blank(deck, theme.dark);
  write(deck, "THE ASK", edge, 60, { size: 12, bold: true, colour: "#f0a57c", tracking: 1.2 });
  write(deck, "$1.5M - $2M seed", edge, 90, { size: 50, bold: true, colour: "#ffffff" });
  write(deck, "to reach 46 yards and break even in California within 18 months", edge, 162, {
    size: 20,
    colour: "#dfe8e2",
  });
  const parts = [
    ["50 %", "yards and cameras"],
    ["30 %", "engineering"],
    ["20 %", "carrier growth"],
  ] as const;
  parts.forEach(([share, text], index) => {
    const x = edge + index * 270;
    panel(deck, x, 235, 250, 110, "#3d6350");
    write(deck, share, x + 22, 254, { size: 34, bold: true, colour: "#ffffff" });
    write(deck, text, x + 22, 302, { size: 16, colour: "#dfe8e2" });
  });
  write(deck, "Maya Torres", edge, 400, { size: 18, bold: true, colour: "#ffffff" });
  write(deck, "maya@loopfreight.example", edge, 426, { size: 16, colour: "#f0a57c" });
  write(deck, "www.loopfreight.example", edge, 450, { size: 16, colour: "#f0a57c" });
  write(deck, "March 2026", 760, 450, { size: 16, colour: "#dfe8e2", width: 144, align: "right" });
}
