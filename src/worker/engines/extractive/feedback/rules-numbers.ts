import type { PageChart, PageTable } from "../../../../pdf/types.ts";
import { clip, countWords } from "../text-tools.ts";
import { type FeedbackPage, findingOf, isFurniture, type Rule } from "./page.ts";

/** A number with its sign or scale, or a date: what stands along an axis. */
const mark =
  /^(?:[<>~≈+]?\s?[$€£]?-?\d[\d.,'’\s]*\s?(?:%|k|m|b|bn|mm|x)?\s?[$€£]?|[QTH]\s?[1-4](?:\s?['’]?\d\d)?|(?:FY)?['’]?(?:19|20)\d\d\s?[EFAP]?|(?:jan|feb|m[aä]r|apr|ma[iy]|ju[nil]|aug|ao[uû]|sep|o[ck]t|nov|de[cz]|ene|abr|ago|dic|fév|avr|juil|déc)\p{L}{0,6}\.?)$/iu;
const year = /\b20[0-4]\d\b/u;
const unit =
  /[%$€£¥₹°]|(?<!\p{L})(?:USD|EUR|CHF|GBP|INR|mio|mrd|md|mln|million(?:s|en|es)?|billions?|thousands?|milliers?|miles|tsd|[kM]€|in ['’]?000|['’]000|units?|users?|patients?|Patienten|pacientes|customers?|clients?|Kunden|clientes|sites|days?|weeks?|months?|hours?|minutes?|Tage|Monate|Stunden|jours|mois|heures|días|meses|horas|kg|mg|ml|mm|MB|GB|ms|mmHg|bpm|points?|score|index|number of|Anzahl|nombre de|número de|n ?=|people|trips|employees|FTE)(?!\p{L})/iu;

const words = (text: string): boolean => /\p{L}{3}/u.test(text);
const numeric = (text: string): boolean => /^[\s~<>+-]*\d[\d.,'’\s]*$/u.test(text);

/** Lines of a chart that say something, beside what stands along its axes. */
const labelsOf = (chart: PageChart): string[] =>
  chart.texts.filter(
    (text) =>
      words(text) &&
      !mark.test(text) &&
      !chart.xLabels.includes(text) &&
      !chart.yLabels.includes(text),
  );

/** Words next to the drawing or in its title may say what is counted. */
function captionsOf(page: FeedbackPage, chart: PageChart): string[] {
  // A caption may stand over free space, or run upwards along the axis: anywhere in the chart's column.
  const head = page.lines.find(({ text }) => page.analysis.title?.startsWith(text));
  const near = page.lines.filter(
    (line) =>
      // What stands over the title names the section.
      line.y > (head?.y ?? -1) &&
      line.x > chart.x - 0.1 &&
      line.x + line.width < chart.x + chart.width + 0.1 &&
      line.y < chart.y + chart.height + 0.12 &&
      line.text !== page.analysis.title &&
      !isFurniture(line) &&
      line.size < 0.05,
  );
  return [
    ...labelsOf(chart),
    ...near.map(({ text }) => text).filter((text) => words(text) && !mark.test(text)),
  ];
}

const axes = (chart: PageChart): boolean =>
  chart.kind !== "pie" && chart.xLabels.length + chart.yLabels.length >= 3;

/** Signs or units on the numbers themselves are as good as a label. */
const signed = (chart: PageChart): boolean =>
  [...chart.yLabels, ...chart.xLabels, ...chart.texts].some(
    (text) => /\d/.test(text) && unit.test(text),
  );

const namedUnit =
  /[%$€£¥]|(?<!\p{L})(?:USD|EUR|CHF|GBP|number of|share of|Anzahl|Anteil|nombre de|part de|número de|cuota de)(?!\p{L})/iu;

/** A title such as "Revenue in EUR" labels the only chart of a slide. */
const titled = (page: FeedbackPage): boolean =>
  page.facts.charts.length === 1 && namedUnit.test(page.analysis.title ?? "");

/** Nothing says what the numbers of a chart count. */
export const chartWithoutLabel: Rule = (page) => {
  const chart = page.facts.charts.find(
    (one) => axes(one) && !signed(one) && captionsOf(page, one).length === 0 && !titled(page),
  );
  if (chart === undefined) return null;
  const labels = chart.xLabels.length + chart.yLabels.length;
  return findingOf(page, {
    rule: "chart_without_label",
    severity: "major",
    what: `The chart has ${labels} numbers along its axes, and nothing at it says what they count or in which unit.`,
    why: "Numbers without a name and a unit cannot be checked or compared.",
    fix: "Write over the axis what is counted, in which unit and for which period.",
    quotes: [page.analysis.title ?? chart.xLabels[0] ?? ""],
    measure: { name: "axis labels", value: labels, limit: null, unit: "labels" },
  });
};

const money =
  /(?<!\p{L})(?:revenues?|sales|turnover|costs?|profit|EBITDA|income|expenses|spend(?:ing)?|Umsatz|Erlöse|Kosten|Gewinn|chiffre d['’]affaires|revenus?|coûts?|bénéfice|ingresos|ventas|costes?|costos?|beneficio|facturación)(?!\p{L})/iu;

/** What amounts are counted in: a currency, or a scale that only money has on such a slide. */
const amountUnit =
  /[$€£¥₹]|(?<!\p{L})(?:USD|EUR|CHF|GBP|JPY|CNY|INR|SEK|NOK|DKK|PLN|BRL|MXN|TEUR|TCHF|TUSD|euros?|dollars?|francs|mio|mrd|mln|millions?|Millionen|millones|billions?|thousands?|tsd|milliers?|miles|k€|in ['’]?000s?|['’]000s?|%)(?!\p{L})/iu;

/** A row of a table that names money and holds bare numbers. */
const bareRow = (table: PageTable): string | null => {
  const all = table.rows.flat().join(" ");
  if (amountUnit.test(all)) return null;
  const row = table.rows.find(
    ([name = "", ...cells]) => money.test(name) && cells.filter(numeric).length >= 2,
  );
  return row?.[0] ?? null;
};

/** It is said what is counted, and nowhere in what. */
export const numbersWithoutUnit: Rule = (page) => {
  const chart = page.facts.charts.find(
    (one) =>
      axes(one) &&
      !signed(one) &&
      !titled(page) &&
      captionsOf(page, one).some((text) => money.test(text)) &&
      !captionsOf(page, one).some((text) => amountUnit.test(text)),
  );
  const label = chart && captionsOf(page, chart).find((text) => money.test(text));
  const row = page.facts.tables.map(bareRow).find((name) => name !== null);
  const quote = label ?? (row && !amountUnit.test(page.analysis.text) ? row : undefined);
  if (!quote) return null;
  return findingOf(page, {
    rule: "numbers_without_unit",
    severity: "major",
    what: `"${clip(quote, 60)}" has numbers and no unit: neither currency nor scale is given.`,
    why: "Thousands and millions cannot be told apart, so the numbers cannot be used.",
    fix: "Write currency and scale beside the name, such as: revenue, thousand EUR.",
    quotes: [quote],
  });
};

const marked =
  /(?<!\p{L})(?:forecasts?|projected|projections?|plan(?:ned|s)?|budget(?:ed)?|estimate[sd]?|expected|actuals?|pro ?forma|target(?:s|ed)?|outlook|Prognose|geplant|Plan(?:zahlen|ung)?|Ist|erwartet|prévisions?|prévisionnel(?:le)?|budgété|réalisé|estimé|previsi[oó]n(?:es)?|proyecci[oó]n(?:es)?|proyectad[oa]s?|estimad[oa]s?|projeç(?:ão|ões))(?!\p{L})|\b20[0-4]\d\s?[EFAPBe]\b|\bFY\d\d[EF]\b/iu;

/** Years in a row of a table or along an axis, else those on a slide of financials. */
function yearsOn(page: FeedbackPage): number[] {
  const rows = [
    ...page.facts.tables.flatMap(({ rows: all }) => all.map((row) => row.join(" "))),
    ...page.facts.charts.map(({ xLabels }) => xLabels.join(" ")),
    ...(page.analysis.kind === "financials" ? [page.analysis.text] : []),
  ];
  const lists = rows.map((row) => [...new Set((row.match(/\b20[0-4]\d\b/gu) ?? []).map(Number))]);
  return lists.sort((a, b) => b.length - a.length)[0] ?? [];
}

/** Figures of years to come beside past ones, without saying which is which. */
export const forecastUnmarked: Rule = (page) => {
  const { text, kind } = page.analysis;
  if (
    kind !== "financials" &&
    !(money.test(text) && page.facts.tables.length + page.facts.charts.length > 0)
  )
    return null;
  if (!year.test(text) || marked.test(text)) return null;
  const years = yearsOn(page).sort((a, b) => a - b);
  const ahead = years.filter((one) => one > page.thisYear);
  if (years.length < 3 || ahead.length === 0) return null;
  const quote = page.lines.find(
    (line) => line.text.includes(String(ahead[0])) && countWords(line.text) <= 20,
  );
  return findingOf(page, {
    rule: "forecast_unmarked",
    severity: "major",
    what: `The figures for ${years[0]} to ${years.at(-1)} do not say which years are actual and which are planned.`,
    why: "A reader cannot tell results from hopes and will discount all of them.",
    fix: "Mark the columns: A for actual, F for forecast, or draw forecasts lighter.",
    quotes: [quote?.text ?? String(ahead[0])],
    measure: { name: "years to come", value: ahead.length, limit: 0, unit: "years" },
  });
};
