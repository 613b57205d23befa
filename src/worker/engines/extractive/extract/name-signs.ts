import type { SlideAnalysis } from "../../../../contract/results.ts";
import type { Deck, Paragraph } from "../deck.ts";
import { allStopWords } from "../terms/stop-words.ts";
import { countWords, keyOf } from "../text-tools.ts";
import { type Candidates, cleaned, generic, host } from "./name-candidates.ts";

const proper = "\\p{Lu}[\\p{L}\\p{N}&.’'-]*(?:\\s?\\p{Lu}[\\p{L}\\p{N}&.’'-]*){0,2}";
const does =
  "(?:is|are|was) (?:an?|the|named|our|one|building|raising|developing|creating|on a mission|\\p{L}+ing)|isn['’]t|has (?:built|developed|created|raised|been)|will|aims|solves|gives|uses|empowers|reduces|improves|helps?|provides?|offers?|enables?|supports?|ensures?|produces?|develops?|builds?|delivers?|makes?|combines?|connects?|lets|allows|turns|brings|transforms|automates|attacks|keeps|asks|takes|works|creates|finds|matches|tracks|manages|simplifies|eliminates|removes|replaces|detects|measures|learns|predicts|protects|saves|serves|runs|unlocks|unifies|integrates|links|bridges|tackles|addresses|targets|operates|sells|can|leverages|utili[sz]es|analy[sz]es|identifies|monitors|guides|teaches|generates|translates|converts|reveals|stands for|goes|closes|gets|convierte|ofrece|permite|ayuda|es (?:una?|el|la)|ist (?:eine?|der|die|das)|bietet|hilft|entwickelt|est (?:une?|la|le)|permet|propose|aide|é (?:uma?|o|a)|oferece";

/** Where a name shows itself in running text; the name is the first group. */
const patterns: readonly {
  readonly source: string;
  readonly points: number;
  readonly re: RegExp;
}[] = [
  {
    source: "subject",
    points: 2,
    re: new RegExp(`(?:^|[.!?:•]\\s+)(${proper})(?:,\\s?Inc\\.)?,? (?:${does})(?!\\p{L})`, "gu"),
  },
  {
    source: "legal",
    points: 2.5,
    re: new RegExp(
      `(${proper})[\\s,]+(?:Inc|Corp|LLC|Pvt|Ltd|GmbH|AG|SAS|SARL|S\\.L|SL|BV|Oy|AB|ApS|Pty|Pte|Lda|Ltda)(?:\\.|\\b)`,
      "gu",
    ),
  },
  {
    source: "copyright",
    points: 3,
    re: new RegExp(
      `(?:©|\\(c\\)|[Cc]opyright)\\s*(?:©\\s*)?(?:20\\d\\d(?:\\s?[-–]\\s?20\\d\\d)?,?\\s*)?(?:by\\s+)?(${proper}|\\p{Ll}[\\p{L}\\d.-]+(?=,?\\s+(?:Ltd|Inc|LLC|GmbH|20\\d\\d|[Aa]ll [Rr]ights)))`,
      "gu",
    ),
  },
  {
    source: "introduced",
    points: 2,
    re: new RegExp(
      `(?:[Ii]ntroducing|INTRODUCING|[Ww]elcome to|[Aa]bout|[Mm]eet|[Ww]hy(?: [Ii]nvest [Ii]n)?|[Ii]nvest in|At|Bei|Chez|[Jj]oin|JOIN|ABOUT|[Ff]eatures of|[Ww]ith|[Ww]hat is|WHAT IS|[Üü]ber|[Qq]u['’]est-ce que|[Qq]u[eé] es)\\s+(${proper})`,
      "gu",
    ),
  },
  {
    // "How Acme works", "Why acme?": a heading of its own.
    source: "introduced",
    points: 2,
    re: /^\W*(?:how|why|what is|what)\s+(?:does\s+)?([\p{L}\p{N}][\p{L}\p{N}.-]+)(?:\s+(?:works?|does|solves|helps))?\s*\??$/giu,
  },
  {
    source: "made",
    points: 2,
    re: /(?:^|\s)(?:[Ww]e(?:['’]ve| have)?|[Tt]eam) (?:created|built|developed|designed|made|founded|launched|introduce|present|propose|call it)\s+((?:\p{Lu}|\p{Ll}+-\p{Ll}|\p{Ll}+\p{Lu})[\p{L}\p{N}.-]*)(?=[,.:!]|\s+(?:an?|the|to|that|which|is|so|as|for)\s|$)/gu,
  },
  {
    source: "owned",
    points: 1.5,
    re: new RegExp(
      `(?:[Tt]he|[Oo]ur)\\s+(${proper})\\s+(?:[Ss]olution|[Pp]latform|[Aa]pp|[Tt]eam|[Dd]evice|[Pp]roduct)`,
      "gu",
    ),
  },
];

const segments = (text: string): string[] => text.split(/\s+[|•·–—/-]\s+|:\s+|,\s+(?=\p{Lu})/u);

const titlePageWords = 14;

const coverOf = (deck: Deck): SlideAnalysis | undefined =>
  deck.slides.find((slide) => slide.words > 0);

export function fromCover(deck: Deck, into: Candidates): void {
  const cover = coverOf(deck);
  if (!cover) return;
  const own = stacked(deck.paragraphs.filter((paragraph) => paragraph.slide === cover));
  const slogans = slogansOf(own);
  const largest = Math.max(
    0,
    ...own.filter((one) => !slogans.has(one)).map(({ block }) => block?.size ?? 0),
  );
  for (const paragraph of own) {
    if (slogans.has(paragraph)) continue;
    const relative = largest > 0 ? (paragraph.block?.size ?? 0) / largest : 0.6;
    const first = paragraph.order === 0 ? 0.6 : 0;
    for (const segment of segments(paragraph.text)) {
      const few = segment.split(" ").length <= 2 ? 1 : 0.6;
      into.add(segment, (1.2 + first + 2 * relative) * few, "cover", paragraph);
    }
    if (standsAlone(paragraph, own)) into.add(paragraph.text, 0.8, "cover title", paragraph);
    else if (towers(paragraph, own)) into.add(paragraph.text, 1.2, "cover title", paragraph);
    const lead = leadOf(paragraph, largest);
    if (lead !== null) into.add(lead, 1.2, "cover title", paragraph);
  }
  fromBrokenTitles(deck, cover, into);
}

/** "Acme - books for all" as the largest line: the name, and behind the dash what it is. */
function leadOf({ text, block }: Paragraph, largest: number): string | null {
  if ((block?.size ?? 0) < largest * 0.98) return null;
  const lead = /^(.+?)(?:\s+[|–—-]|:)\s+\S/u.exec(text)?.[1] ?? "";
  return countWords(lead) <= 2 && /^\p{Lu}/u.test(lead) ? lead : null;
}

/** A short line over a long one broke by will: a name that stands alone elsewhere too. */
function fromBrokenTitles(deck: Deck, cover: SlideAnalysis, into: Candidates): void {
  const own = deck.paragraphs.filter(({ slide }) => slide === cover);
  own.forEach((upper, at) => {
    const below = own[at + 1];
    if (!below || !isOneTitle(upper, below) || countWords(upper.text) > 2) return;
    if ((upper.block?.width ?? 1) > 0.5 * (below.block?.width ?? 0)) return;
    const key = keyOf(upper.text);
    const again = deck.paragraphs.some(
      ({ slide, text }) => slide !== cover && segments(text).some((part) => keyOf(part) === key),
    );
    if (again) into.add(upper.text, 3, "cover", upper);
  });
}

/** "Quick. Private." are sentences; "Acme Inc." is none, and one word with a dot may be a logo. */
function slogansOf(cover: readonly Paragraph[]): ReadonlySet<Paragraph> {
  const ended = cover.filter(
    ({ text }) =>
      /\p{Ll}{3}[.!?]$/u.test(text.trim()) && cleaned(text).length >= text.trim().length - 1,
  );
  return new Set(ended.length >= 2 ? ended : ended.filter(({ text }) => countWords(text) > 2));
}

/** Large lines of one size one below another are one title: "Reduce", "Waste", "Now" name nobody. */
function stacked(own: readonly Paragraph[]): Paragraph[] {
  const titles: Paragraph[] = [];
  for (const paragraph of own) {
    const above = titles.at(-1);
    if (above && isOneTitle(above, paragraph)) {
      titles[titles.length - 1] = { ...above, ...joinedOf(above, paragraph) };
    } else titles.push(paragraph);
  }
  return titles;
}

function isOneTitle(above: Paragraph, below: Paragraph): boolean {
  const [a, b] = [above.block, below.block];
  if (!a || !b || generic(above.text) || generic(below.text)) return false;
  const step = b.y + b.height - a.y - a.height;
  const overlapping = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  return (
    a.size >= titleSize &&
    Math.abs(a.size - b.size) <= (above.slide.text_source === "ocr" ? 0.2 : 0.05) * a.size &&
    step > 0 &&
    step < 1.6 * a.size &&
    overlapping > 0.5 * Math.min(a.width, b.width)
  );
}
const titleSize = 0.06;

function joinedOf(above: Paragraph, below: Paragraph): Pick<Paragraph, "text" | "block"> {
  const [a, b] = [above.block, below.block];
  const text = `${above.text} ${below.text}`;
  if (!a || !b) return { text, block: a };
  const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)];
  const width = Math.max(a.x + a.width, b.x + b.width) - x;
  return { text, block: { text, x, y, width, height: b.y + b.height - y, size: a.size } };
}

/** Three words at most, far larger than all else on the cover. */
function towers({ text, block }: Paragraph, cover: readonly Paragraph[]): boolean {
  const others = cover
    .filter((other) => other.text !== text)
    .map((other) => other.block?.size ?? 0);
  const words = text.trim().split(/\s+/u);
  const named = words.every((word) => /^[\p{Lu}\d&]/u.test(word));
  return named && words.length <= 3 && (block?.size ?? 0) >= 1.8 * Math.max(0.001, ...others);
}

/** The largest text of a sparse cover that is written like a name, not like a slogan. */
function standsAlone(paragraph: Paragraph, cover: readonly Paragraph[]): boolean {
  const { text, block } = paragraph;
  const largest = Math.max(0, ...cover.map((other) => other.block?.size ?? 0));
  if (!block || block.size < largest * 0.98 || /[.,!?;:]/u.test(text)) return false;
  const words = text.trim().split(/\s+/u);
  const sparse = paragraph.slide.words < 30;
  return (sparse && words.length === 1) || (words.length <= 2 && /\p{Ll}\p{Lu}|&/u.test(text));
}

/** "ACME - Seed round - July 2026", "Confidential | Acme Inc.": a name beside what a deck says of itself. */
export function fromMastheads(deck: Deck, into: Candidates): void {
  const masthead =
    /\b(?:confidential|proprietary|pitch ?deck|investor (?:deck|presentation|briefing)|(?:pre-?)?seed|series [A-D]|20\d\d|v\d\.\d)\b/iu;
  for (const paragraph of deck.paragraphs) {
    const parts = segments(paragraph.text);
    if (parts.length < 2 || paragraph.text.length > 90) continue;
    // "FORUM 2026" is another name, with a year: what says only what the deck is has no name in it.
    const named = parts.filter(
      (part) => !masthead.test(part) || !generic(part.replace(masthead, "")),
    );
    if (named.length !== 1 || named.length === parts.length) continue;
    into.add(named[0] ?? "", 2, "masthead", paragraph);
  }
}

export function fromFooters(deck: Deck, into: Candidates): void {
  const counted = new Map<string, { paragraph: Paragraph; on: Set<number>; text: string }>();
  for (const paragraph of deck.paragraphs) {
    if (paragraph.text.length > 120) continue;
    for (const text of segments(paragraph.text)) {
      const key = keyOf(cleaned(text));
      const entry = counted.get(key) ?? { paragraph, on: new Set(), text };
      entry.on.add(paragraph.slide.slide);
      counted.set(key, entry);
    }
  }
  for (const { paragraph, on, text } of counted.values()) {
    const share = on.size / Math.max(1, deck.slides.length);
    if (on.size >= 3 && share >= 0.2) into.add(text, 1.5 + 2.5 * share, "repeated", paragraph);
    else if (on.size >= 2) into.add(text, 0.8, "repeated", paragraph);
  }
}

/** The lines of an event's logo: what stands right above or below "Hackathon" in small print. */
export function eventLinesOf(deck: Deck): ReadonlySet<Paragraph> {
  const lines = new Set<Paragraph>();
  deck.paragraphs.forEach((event, at) => {
    if (!host.test(event.text) || countWords(event.text) > 4) return;
    for (const beside of [deck.paragraphs[at - 1], deck.paragraphs[at + 1]]) {
      if (beside?.slide === event.slide && isSmallPrintOf(event, beside)) lines.add(beside);
    }
  });
  const keys = [...lines].map(({ text }) => keyOf(text));
  // The logo stands on each page, and some pages are read less well.
  const logos = new Set(keys.filter((key, at) => keys.indexOf(key) < at));
  return new Set([...lines, ...deck.paragraphs.filter(({ text }) => logos.has(keyOf(text)))]);
}

function isSmallPrintOf(event: Paragraph, beside: Paragraph): boolean {
  const [a, b] = [event.block, beside.block];
  if (!a || !b || b.size > 1.7 * a.size) return false;
  const largest = Math.max(...event.slide.blocks.map(({ size }) => size));
  const gap = Math.max(a.y, b.y) - Math.min(a.y + a.height, b.y + b.height);
  const overlapping = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  return b.size < 0.98 * largest && gap < Math.max(a.size, b.size) && overlapping > 0;
}

/** A logo set in two lines: "IMMUNO" over "LYNK". Returns the keys of the halves. */
export function fromStacks(deck: Deck, into: Candidates): Set<string> {
  const halves = new Set<string>();
  const seen = new Map<string, number>();
  for (const slide of deck.slides) {
    const own = deck.paragraphs.filter((paragraph) => paragraph.slide === slide);
    own.forEach((upper, index) => {
      const lower = own[index + 1];
      if (!lower || !isStack(upper, lower)) return;
      const joined = `${upper.text} ${lower.text}`;
      const times = (seen.get(keyOf(joined)) ?? 0) + 1;
      seen.set(keyOf(joined), times);
      into.add(joined, times === 2 ? 3 : 1.5, times === 2 ? "logo" : "stacked", {
        ...upper,
        text: `${upper.text}\n${lower.text}`,
      });
      if (times === 2) halves.add(keyOf(upper.text)).add(keyOf(lower.text));
    });
  }
  return halves;
}

function isStack(upper: Paragraph, lower: Paragraph): boolean {
  const [a, b] = [upper.block, lower.block];
  if (!a || !b || /\s/u.test(upper.text) || /\s/u.test(lower.text)) return false;
  const logoLike = (text: string): boolean => /^\p{Lu}[\p{L}\p{N}]+$/u.test(text) && !generic(text);
  if (!logoLike(upper.text) || !logoLike(lower.text)) return false;
  const step = b.y + b.height - a.y - a.height;
  const overlapping = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  return (
    step > 0 &&
    step < 2.2 * Math.max(a.size, b.size) &&
    overlapping > 0.4 * Math.min(a.width, b.width)
  );
}

/** A page of few words at either end whose largest line is written like a name. */
export function fromTitlePages(deck: Deck, into: Candidates): void {
  const count = deck.slides.length;
  const cover = coverOf(deck);
  deck.slides.forEach((slide, at) => {
    const edge = at < 3 || at >= count - 2;
    // The cover has had its say.
    if (slide === cover) return;
    if (!edge || slide.words === 0 || slide.words > titlePageWords) return;
    const own = stacked(deck.paragraphs.filter((paragraph) => paragraph.slide === slide));
    const largest = Math.max(0, ...own.map(({ block }) => block?.size ?? 0));
    for (const paragraph of own) {
      const { text, block } = paragraph;
      const words = text.trim().split(/\s+/u).length;
      const small = text.split(/\s+/u).some((word) => allStopWords.has(word.toLowerCase()));
      if (small || words > 3 || /[.,!?;:]$/u.test(text) || !/^[\p{Lu}\d]/u.test(text)) continue;
      // The closing page shows the logo once more, small or large.
      const closing = at === count - 1 && words <= 2;
      if ((block?.size ?? 0) < largest * 0.98 && !closing) continue;
      into.add(text, at === 0 ? 0.8 : 1.8, "title page", paragraph);
    }
  });
}

const roles =
  /(?<!\p{L})(?:CEO|CTO|COO|CFO|CMO|CSO|CPO|(?:co-?|solo )?founder|cofounder|fundador|fundadora|fondateur|gründer|geschäftsführer|professor|prof\.|Dr\.|PhD|head of|director|advis[eo]r|mentor|engineer|developer|lead|manager|presented by|by:?)(?!\p{L})/iu;
const personName = /^\p{Lu}[\p{L}'’.-]+(?:\s\p{Lu}[\p{L}'’.-]*){1,3}$/u;

/** Keys of names that stand beside a role: people, not companies. */
export function peopleOf(deck: Deck): ReadonlySet<string> {
  const people = new Set<string>();
  const add = (text: string): void => {
    if (personName.test(text.trim())) people.add(keyOf(cleaned(text)));
  };
  deck.paragraphs.forEach((paragraph, at) => {
    if (!roles.test(paragraph.text)) return;
    for (const part of paragraph.text.split(/\s+[|•·–—-]\s+|[,:;(]\s*|\bby\b/u)) add(part);
    if (countWords(paragraph.text) > 6) return;
    for (const beside of [deck.paragraphs[at - 1], deck.paragraphs[at + 1]]) {
      if (beside?.slide === paragraph.slide && paragraph.slide.kind === "team") add(beside.text);
    }
  });
  return people;
}

export function fromText(deck: Deck, into: Candidates): void {
  for (const paragraph of deck.paragraphs) {
    const { kind } = paragraph.slide;
    const foreign = kind === "competition" || kind === "market" || kind === "team";
    for (const { source, points, re } of patterns) {
      for (const match of paragraph.text.matchAll(re)) {
        into.add(match[1] ?? "", foreign ? points * 0.35 : points, source, paragraph);
      }
    }
  }
}
