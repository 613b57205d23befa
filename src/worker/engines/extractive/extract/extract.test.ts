import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bareDeck, fieldsOf, filler, today } from "../../../../../test/support/bare-deck.ts";
import {
  extractions,
  type SlideAnalysis,
  slideAnalysis,
  slideKinds,
} from "../../../../contract/results.ts";
import { deckOf } from "../deck.ts";
import { extract } from "./extract.ts";

describe("startup name", () => {
  it("takes the name that cover, footer and mail agree on", () => {
    const { startup_name } = fieldsOf(
      ["cover", "Find the empty way back", "Nordhafen"],
      ["problem", "Trucks drive home empty", "Confidential | Nordhafen GmbH"],
      ["solution", "Nordhafen is a platform for carriers", "Confidential | Nordhafen GmbH"],
      ["contact", "Thank you", "mia@nordhafen.com"],
    );
    expect(startup_name.value).toBe("Nordhafen");
    expect(startup_name.evidence.every(({ grounded }) => grounded)).toBe(true);
  });

  const named = (...slides: Parameters<typeof fieldsOf>) => fieldsOf(...slides).startup_name.value;

  it.each<[string, Parameters<typeof fieldsOf>]>([
    [
      "9 Lanterns",
      [
        ["cover", "9 Lanterns"],
        ["problem", "9 Lanterns", "Courses are dear"],
        ["other", "9 Lanterns", "More"],
      ],
    ],
    [
      "P-Trace",
      [
        ["cover", "Notes on the talk"],
        ["other", "P-Trace"],
        ["other", "The P-Trace platform helps"],
      ],
    ],
    ["Lumeria", [["cover", "Lumeria", "Pitch Deck"], filler, ["contact", "Lumeria", "Thank you"]]],
    [
      "Lumeria",
      [
        ["cover", "The future of clinics"],
        filler,
        ["contact", "Thank you", "ana@lumeria.io"],
        ["other", "At Lumeria, we listen"],
      ],
    ],
    [
      "lumeria",
      [
        ["cover", "Coaching for all", "Copyright lumeria Ltd. 2024 All rights reserved"],
        ["other", "More", "Copyright lumeria Ltd. 2024 All rights reserved"],
        ["contact", "mia@lumeria.co"],
      ],
    ],
    [
      "Lumeria.ai",
      [
        ["cover", "Lumeria.ai", "Mia Berg · Solo founder"],
        ["team", "Mia Berg, founder", "Lumeria.ai"],
        ["other", "Mia Berg · 2026", "Lumeria.ai"],
      ],
    ],
    [
      "Lumeria",
      [
        ["cover", "Lumeria GmbH", "Investor Presentation"],
        ["other", "Lumeria GmbH | Confidential"],
        ["other", "Lumeria GmbH | Confidential"],
      ],
    ],
    [
      "Nova Lumen",
      [
        ["cover", "Nova Lumen S.L.", "Presentación para inversores"],
        ["solution", "Nova Lumen es una plataforma para clínicas"],
        filler,
      ],
    ],
    [
      "Uber Alma",
      [["cover", "Uber Alma", "Rides for all"], ["solution", "Uber Alma is a car service"], filler],
    ],
    [
      "Lumeria",
      [
        ["cover", "Team Lumeria | Winter Hackathon 2025"],
        ["problem", "Dark rooms", "Team Lumeria | Winter Hackathon 2025"],
        ["other", "Lumeria saves lamps", "Team Lumeria | Winter Hackathon 2025"],
      ],
    ],
    [
      "e-lume",
      [
        ["cover", "Mobile Application", "Northern Hacks IV"],
        ["solution", "We created e-lume, an app that dims lamps"],
        ["other", "How e-lume works"],
        ["other", "www.e-lume.tech"],
      ],
    ],
    [
      "Lumeria",
      [
        ["cover", "Lumeria", "Light for all", "→ or Enter"],
        ["problem", "Dark rooms", "→ or Enter"],
        ["solution", "Lumeria is a lamp that thinks", "→ or Enter"],
      ],
    ],
    [
      "Lumeria",
      [
        ["cover", "umeria", "Light for all"],
        ["other", "umeria", "More"],
        ["other", "Lumeria"],
      ],
    ],
    [
      "Lumeria",
      [
        ["cover", "Light for all"],
        ["other", "At Lumeria we listen"],
        ["contact", "lumeria.net"],
      ],
    ],
  ])("finds %s", (name, slides) => {
    expect(named(...slides)).toBe(name);
  });

  it("does not take a sponsor, a topic or a mail host for the name", () => {
    const { startup_name } = fieldsOf(
      ["cover", "Hackathon Challenge 2020"],
      ["problem", "The Problem", "Courts are slow"],
      ["team", "Team", "Igo Barros - igo@gmail.com"],
    );
    expect(startup_name.value).toBeNull();
  });
});

describe("company offering", () => {
  it("quotes the sentence that says what the company does", () => {
    const { company_offering } = fieldsOf(
      ["cover", "Nordhafen"],
      ["market", "The logistics market is a $90B industry"],
      ["solution", "Nordhafen is a marketplace that fills empty trucks on their way home."],
      ["contact", "hello@nordhafen.com"],
    );
    expect(company_offering.value).toBe(
      "Nordhafen is a marketplace that fills empty trucks on their way home.",
    );
  });
});

describe("deck date", () => {
  const cover = (...lines: string[]) =>
    fieldsOf(["cover", "Nordhafen", ...lines], filler, filler).deck_date.value;

  it.each([
    ["Pitch deck, October 2026", "2026-10"],
    ["12. März 2026", "2026-03-12"],
    ["15 de mayo de 2026", "2026-05-15"],
    ["2026-03-14", "2026-03-14"],
    ["14.03.2026", "2026-03-14"],
    ["Investor presentation 2025", "2025"],
    ["Spring 2018", "2018"],
    ["Q3 2026", "2026"],
    ["© 2011 Nordhafen", "2011"],
    ["March, 2023", "2023-03"],
    ["12th of June 2024", "2024-06-12"],
    ["June 14-16, 2019", "2019-06-14"],
    ["Dec '24", "2024-12"],
    ["05/2025", "2025-05"],
    ["2025/05/17", "2025-05-17"],
    ["1er juin 2024", "2024-06-01"],
    ["septembre 2025", "2025-09"],
    ["Stand: 3. Juli 2025", "2025-07-03"],
    ["Investor Presentation | Q4 2025", "2025"],
    ["Salud digital · Lima · 2026", "2026"],
    ["Climate Hackathon 2021", "2021"],
    ["Proyecto final 2025-II", "2025"],
    ["Mia Berg Torres · Estadística aplicada con R 2025-I · Lima", "2025"],
    ["Confidential - 2025", "2025"],
    ["Founded 2016 | Pitch deck | May 2024", "2024-05"],
  ])("reads %s on the cover", (line, value) => {
    expect(cover(line)).toBe(value);
  });

  it.each([
    "Shaping mobility until 2030",
    "Since 2019",
    "Launch planned for May 2026",
    "Pitch deck, March 2027",
    "Founded in 2016",
    "Established 2012, Berlin",
    "Winner of the Founders Award 2022",
    "You may 50 times",
    "Vision 2030",
    "Free template 2019 by Slidesgo",
    "A market of $4B in 2024",
    "Series A in 2022",
    "© Getty Images 2020",
  ])("does not take %s for the date", (line) => {
    expect(cover(line)).toBeNull();
  });

  it("takes the more precise of two dates that agree", () => {
    const found = fieldsOf(["cover", "Pitch deck 2023"], filler, [
      "contact",
      "Thanks",
      "Pitch Deck MAY 2023",
    ]);
    expect(found.deck_date.value).toBe("2023-05");
  });

  it("takes a date that stands on every slide", () => {
    const foot = "Nordhafen · 2025";
    const found = fieldsOf(
      ["cover", "Nordhafen", foot],
      ["problem", "Empty trucks", foot],
      ["solution", "Full trucks", foot],
      ["team", "Team", foot],
    );
    expect(found.deck_date.value).toBe("2025");
  });

  it("reads days and months in the order of the deck's language", () => {
    const dated = (line: string, money: string) =>
      fieldsOf(["cover", "Nordhafen", line], ["other", money], filler).deck_date.value;
    expect(dated("04/03/2025", "Raising $2M")).toBe("2025-04-03");
    expect(dated("04/03/2025", "Raising £2M")).toBe("2025-03-04");
    expect(dated("04/03/2025", "Nothing")).toBe("2025");
  });

  it("leaves a timeline on the last slide alone", () => {
    const months = ["March 2024", "June 2024", "October 2024", "January 2025"];
    const found = fieldsOf(["cover", "Nordhafen"], filler, ["other", "What comes", ...months]);
    expect(found.deck_date.value).toBeNull();
  });

  it("takes a month that a plan names again and again for no footer", () => {
    const plan = ["Jan 2017", "Nov 2017", "Nov 2017", "Nov 2017", "Nov 2017"];
    const found = fieldsOf(["cover", "Nordhafen"], ["roadmap", "Roadmap", ...plan], filler);
    expect(found.deck_date.value).toBeNull();
  });

  it("leaves milestones and chart years alone", () => {
    const found = fieldsOf(
      ["cover", "Nordhafen"],
      ["roadmap", "Roadmap", "June 2020", "POC", "March 2021"],
      ["financials", "Plan", "2024", "2025", "2026"],
      filler,
    );
    expect(found.deck_date.value).toBeNull();
  });
});

describe("healthcare", () => {
  const padding =
    "The team has worked on this for several years and knows the field, its people and its habits very well. ".repeat(
      3,
    );

  it("says yes, with the sector of what is offered", () => {
    const { healthcare } = fieldsOf(
      ["cover", "Aurel", "A wearable sensor patch for patients with heart failure"],
      ["problem", "Hospital readmissions", "Every fourth patient is back in hospital in 30 days"],
      ["solution", "A medical device that reads vital signs and warns the physician"],
      ["clinical", "Clinical study", "Sensitivity 89 % in 184 patients, FDA 510(k) planned"],
      ["other", padding],
    );
    expect(healthcare.value).toEqual({ is_healthcare: true, sector: "diagnostics_devices" });
    expect(healthcare.evidence.length).toBeGreaterThan(0);
  });

  it.each([
    ["health_data_ai", "Clinical trial scheduling", "Fewer no-shows at clinical trial sites"],
    ["healthcare_infrastructure", "No-shows", "Appointment reminders for every clinic"],
    ["digital_therapeutics", "Depression", "An app with psychological support and self-care"],
    ["consumer_health", "Vaping", "An app that helps patients to quit vaping"],
    ["consumer_health", "Tablets", "An app with a medication plan and a diet plan"],
    ["consumer_health", "Tabletten", "Eine Medizinapp mit Medikamentenliste"],
    ["healthcare_infrastructure", "Files", "Medical records on a blockchain"],
    ["diagnostics_devices", "Eyes", "A camera of the fundus for early detection"],
  ])("puts what is offered into %s", (sector, problem, offer) => {
    const { healthcare } = fieldsOf(
      ["cover", "Aurel", offer],
      ["problem", problem, "Patients, nurses and physicians in every hospital"],
      ["solution", offer, "For patients and their physician, by a clinical study"],
      ["other", padding],
    );
    expect(healthcare.value).toEqual({ is_healthcare: true, sector });
  });

  it("knows the words of other languages", () => {
    const { healthcare } = fieldsOf(
      ["cover", "Aurel", "Aplikace pro pacienty a lékaře"],
      ["problem", "Pacienti čekají", "Nemocnice a lékaři nemají čas"],
      ["solution", "Onkologie a onemocnění"],
      ["other", padding],
    );
    expect(healthcare.value?.is_healthcare).toBe(true);
  });

  it.each([
    ["a gym", "Pay by the minute in any gym", "Healthy people, fitness and workout for all"],
    ["pets", "Dog friendly hotels", "Every dog owner and pet finds a clinic and a vaccine"],
    ["procurement", "Procurement for all", "Used in healthcare, manufacturing and retail"],
    ["insurance", "Prevent building damage", "Diagnosis of property insurance claims"],
    ["software", "A cure for slow servers", "Server health, diagnostics for networks, free trial"],
  ])("says no to %s", (_, title, line) => {
    const { healthcare } = fieldsOf(
      ["cover", "Nordhafen", title],
      ["solution", "How it works", line],
      ["other", padding],
    );
    expect(healthcare.value?.is_healthcare).toBe(false);
    expect(healthcare.value?.sector).toBeNull();
  });

  it("knows a deck of few words by its disease, named on every other slide", () => {
    const { healthcare } = fieldsOf(
      ["cover", "Aurel"],
      ["problem", "Non-adherence", "Patients stop taking their medication"],
      ["solution", "A reminder for patients who take medication"],
      ["other", padding],
    );
    expect(healthcare.value?.is_healthcare).toBe(true);
  });

  it("knows an aid for a disability", () => {
    const { healthcare } = fieldsOf(
      ["cover", "Aurel"],
      ["problem", "2.2 billion people have a vision impairment"],
      ["solution", "A wearable for blind people and the visually impaired with haptic sensors"],
      ["other", padding],
    );
    expect(healthcare.value).toEqual({ is_healthcare: true, sector: "diagnostics_devices" });
  });

  it("takes a health word said in passing for none", () => {
    const { healthcare } = fieldsOf(
      ["cover", "Nordhafen", "Coaching for teams at work"],
      ["problem", "Change is fast", "Depression and anxiety cost the economy $1 trillion"],
      ["solution", "An index of how teams adapt"],
      ["market", "The mental health of employees"],
      ...Array.from({ length: 8 }, (): [SlideAnalysis["kind"], string] => ["other", padding]),
    );
    expect(healthcare.value?.is_healthcare).toBe(false);
    expect(healthcare.note).toMatch(
      /Health terms on 12 slides: [\d.]+(?: \(threshold 3 on 2 slides|), most on slide \d+: \d/,
    );
  });

  it("does not guess from a few words", () => {
    const { healthcare } = fieldsOf(["cover", "Aurel", "A patch for patients"]);
    expect(healthcare.value).toBeNull();
    expect(healthcare.note).toMatch(/Too little text/);
  });
});

it("gives the contract's shape and literal quotes for any text", () => {
  const word = fc.constantFrom(
    ..."We are raising $2M seed patients FDA Acme is a platform 2026 Q3 May hospital TAM € . , | @acme.com".split(
      " ",
    ),
  );
  const lines = fc.array(
    fc.array(word, { maxLength: 12 }).map((words) => words.join(" ")),
    {
      maxLength: 8,
    },
  );
  const slide = fc.record({ kind: fc.constantFrom(...slideKinds), lines });
  fc.assert(
    fc.property(fc.array(slide, { maxLength: 6 }), (given) => {
      const slides = bareDeck(
        ...given.map(({ kind, lines: own }) => [kind, ...own] as [typeof kind, ...string[]]),
      );
      for (const one of slides) slideAnalysis.parse(one);
      const found = extractions.parse(extract(deckOf(slides), today));
      for (const { evidence } of Object.values(found)) {
        for (const { slide: number, quote, grounded } of evidence) {
          expect(grounded).toBe(slides[number - 1]?.text.includes(quote));
          expect(grounded).toBe(true);
        }
      }
    }),
    { numRuns: 60 },
  );
});
