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
  slide,
  steps,
  write,
} from "./deck-kit.ts";

const theme = {
  ink: "#1f2430",
  soft: "#5a6072",
  accent: "#4a3fb5",
  second: "#d1495b",
  paper: "#ffffff",
  panel: "#f0effa",
  dark: "#231f4b",
};

/** A made-up building materials company; the slides are later turned into pictures. */
export const tesseraSlides = (): Promise<Buffer> =>
  makeDeck("Tessera", theme, new Date("2026-06-08T09:00:00Z"), (deck) => {
    for (const draw of [cover, problem, solution, product, market, traction, team, ask]) draw(deck);
  });

function cover(deck: Deck): void {
  blank(deck, theme.paper);
  const colours = [theme.accent, theme.second, "#f0c05a", theme.dark, "#8f88d8"];
  for (let row = 0; row < 2; row += 1) {
    for (let column = 0; column < 16; column += 1) {
      const colour = colours[(row * 3 + column * 2) % colours.length] ?? theme.accent;
      deck.pdf.rect(column * 60 + 2, 420 + row * 60 + 2, 56, 56).fill(colour);
    }
  }
  write(deck, "Tessera", edge, 120, { size: 48, bold: true });
  write(deck, "The marketplace for reclaimed building materials", edge, 190, {
    size: 22,
    colour: theme.soft,
    width: 480,
  });
  write(deck, "Pitch deck, June 2026", edge, 270, { size: 18, bold: true, colour: theme.accent });
}

function problem(deck: Deck): void {
  slide(deck, "Problem", "Good tiles, beams and doors go to landfill");
  figure(deck, "62 M tonnes", "of building waste a year in the United Kingdom", edge, 170, 400);
  figure(deck, "1 %", "of it is used again in another building", edge + 460, 170, 380);
  bullets(
    deck,
    [
      "Demolition firms do not know who needs what.",
      "Architects do not know what will be free, and when.",
    ],
    edge,
    310,
    800,
    20,
  );
}

function solution(deck: Deck): void {
  slide(deck, "Solution", "List before demolition, sell before the skip arrives");
  panel(deck, edge, 180, 400, 240);
  write(deck, "For demolition firms", edge + 24, 204, { size: 20, bold: true });
  write(
    deck,
    "Walk through the building with a phone. We turn the film into a list of parts with sizes and prices.",
    edge + 24,
    244,
    { size: 18, width: 350, colour: theme.soft },
  );
  panel(deck, edge + 448, 180, 400, 240);
  write(deck, "For architects", edge + 472, 204, { size: 20, bold: true });
  write(
    deck,
    "Search by size, colour and month. Reserve what a design needs, with a record for the planning office.",
    edge + 472,
    244,
    { size: 18, width: 350, colour: theme.soft },
  );
}

function product(deck: Deck): void {
  slide(deck, "Product", "How it works");
  steps(
    deck,
    [
      { title: "Film", text: "Twenty minutes a floor, with any phone." },
      { title: "List", text: "Parts are measured and priced overnight." },
      { title: "Sell", text: "Buyers reserve months ahead." },
      { title: "Deliver", text: "Partners take down, test and bring." },
    ],
    200,
  );
}

function market(deck: Deck): void {
  slide(deck, "Market", "Reuse becomes a duty, and a market");
  figure(deck, "£9.8B", "interior materials in the United Kingdom", edge, 180, 380);
  figure(deck, "£740M", "could be met from reclaimed stock today", edge + 460, 180, 380);
  bullets(
    deck,
    [
      "London asks for a reuse plan for every large site.",
      "Insurers now accept tested reclaimed parts.",
    ],
    edge,
    320,
    800,
    20,
  );
}

function traction(deck: Deck): void {
  slide(deck, "Traction", "310 buildings listed in nine months");
  barChart(
    deck,
    [
      { label: "Q4 2025", value: 48, text: "48" },
      { label: "Q1 2026", value: 127, text: "127" },
      { label: "Q2 2026", value: 310, text: "310" },
    ],
    { x: edge, y: 190, width: 420, height: 240, max: 310 },
  );
  bullets(
    deck,
    ["£286K of materials sold", "41 demolition firms", "19 architects buy each month"],
    560,
    220,
    340,
    20,
  );
}

function team(deck: Deck): void {
  slide(deck, "Team", "Builders and engineers");
  people(
    deck,
    [
      {
        name: "Priya Nair",
        role: "Chief Executive",
        text: "Architect, ten years of refurbishment",
      },
      {
        name: "Tom Ellery",
        role: "Chief Technology",
        text: "Built room scanning at a camera maker",
      },
      { name: "Grace Mensah", role: "Supply", text: "Ran a demolition firm with 80 people" },
    ],
    160,
  );
}

function ask(deck: Deck): void {
  blank(deck, theme.paper);
  deck.pdf.rect(0, 0, 18, 540).fill(theme.accent);
  write(deck, "Raising £800,000 pre-seed", edge, 110, { size: 46, bold: true });
  write(deck, "for 18 months, to open Manchester and Bristol", edge, 176, {
    size: 22,
    colour: theme.soft,
  });
  bullets(
    deck,
    ["£420,000 product and scanning", "£240,000 two new cities", "£140,000 testing and insurance"],
    edge,
    250,
    700,
    20,
  );
  write(deck, "Priya Nair, priya@tessera.example", edge, 420, {
    size: 20,
    bold: true,
    colour: theme.accent,
  });
}
