import type { Deck, Paragraph } from "../deck.ts";
import { domainHosts } from "../terms/name-words.ts";
import { allStopWords } from "../terms/stop-words.ts";
import { countWords, keyOf } from "../text-tools.ts";
import { type Candidates, cleaned, generic } from "./name-candidates.ts";

const proper = "\\p{Lu}[\\p{L}\\p{N}&.’'-]*(?:\\s?\\p{Lu}[\\p{L}\\p{N}&.’'-]*){0,2}";
const does =
  "(?:is|are|was) (?:an?|the|named|our|one|building|raising|developing|creating|on a mission|\\p{L}+ing)|isn['’]t|has (?:built|developed|created|raised|been)|will|aims|solves|gives|uses|empowers|reduces|improves|helps?|provides?|offers?|enables?|supports?|ensures?|produces?|develops?|builds?|delivers?|makes?|combines?|connects?|lets|allows|turns|brings|transforms|automates|attacks|convierte|ofrece|permite|ayuda|es (?:una?|el|la)|ist (?:eine?|der|die|das)|bietet|hilft|entwickelt|est (?:une?|la|le)|permet|propose|aide|é (?:uma?|o|a)|oferece";

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
      `(${proper})[\\s,]+(?:Inc|Corp|LLC|Ltd|GmbH|AG|SAS|SARL|S\\.L|SL|BV|Oy|AB|ApS|Pty|Pte|Lda|Ltda)(?:\\.|\\b)`,
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

export function fromCover(deck: Deck, into: Candidates): void {
  const cover = deck.slides.find((slide) => slide.words > 0);
  if (!cover) return;
  const own = stacked(deck.paragraphs.filter((paragraph) => paragraph.slide === cover));
  const largest = Math.max(0, ...own.map((paragraph) => paragraph.block?.size ?? 0));
  for (const paragraph of own) {
    const relative = largest > 0 ? (paragraph.block?.size ?? 0) / largest : 0.6;
    const first = paragraph.order === 0 ? 0.6 : 0;
    for (const segment of segments(paragraph.text)) {
      const few = segment.split(" ").length <= 2 ? 1 : 0.6;
      into.add(segment, (1.2 + first + 2 * relative) * few, "cover", paragraph);
    }
    if (standsAlone(paragraph, own)) into.add(paragraph.text, 0.8, "cover title", paragraph);
    else if (towers(paragraph, own)) into.add(paragraph.text, 1.2, "cover title", paragraph);
  }
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
    Math.abs(a.size - b.size) <= 0.05 * a.size &&
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
    const named = parts.filter((part) => !masthead.test(part));
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

/** The label of a mail address or site: "ceo@vendorconnect.ai" says `vendorconnect`. */
function domainsOf(text: string): string[] {
  const labels: string[] = [];
  const pattern =
    /(?:[\w.+-]+@|https?:\/\/(?:www\.)?|www\.)([\p{L}\d-]+(?:\.[\p{L}\d-]+)*)\.\p{L}{2,}/giu;
  for (const match of text.matchAll(pattern)) {
    const label = match[1]?.split(".").at(-1)?.toLowerCase() ?? "";
    // Schools and offices lend addresses to their people; hosts stand in front of the last dot.
    if (/\.(?:edu|gov|mil)\b|\.ac\.|\b(?:uni|univ|tu|fh)-/iu.test(match[0])) continue;
    const host =
      /\.(?:github|gitlab|streamlit|vercel|netlify|herokuapp|wordpress|blogspot|wixsite|carrd|notion|webflow|framer|web|pages)\.\p{L}+$/iu;
    if (host.test(match[0])) {
      const sub = match[1]?.split(".").at(-2)?.toLowerCase() ?? "";
      if (sub.length >= 3 && !/github|gitlab/iu.test(match[0])) labels.push(sub);
      continue;
    }
    if (label.length >= 3 && !domainHosts.has(label)) labels.push(label);
  }
  return labels.length > 0 ? labels : bareDomains(text);
}

/** "acme.io" on a line of its own, or nearly: in a sentence it may be anyone's. */
function bareDomains(text: string): string[] {
  if (countWords(text) > 3) return [];
  const pattern =
    /(?<![\p{L}\p{N}@./-])([\p{L}\d-]{3,})\.(?:com|net|org|io|ai|app|co|dev|tech|health|care|eu|de|fr|es|ch|at|it|nl|pt|pl|uk|us|in|me|xyz)(?![\p{L}\p{N}./-])/giu;
  return [...text.matchAll(pattern)]
    .map((match) => match[1]?.toLowerCase() ?? "")
    .filter((label) => !domainHosts.has(label));
}

export function fromDomains(deck: Deck, into: Candidates): void {
  for (const paragraph of deck.paragraphs) {
    const { kind, slide } = paragraph.slide;
    const edge = slide <= 1 || slide >= (deck.slides.at(-2)?.slide ?? 1) || kind === "contact";
    const points = edge ? 3.4 : /team|competition|market|traction/.test(kind) ? 0.8 : 1.6;
    for (const label of domainsOf(paragraph.text)) {
      const spelled = spelling(deck, label);
      into.add(spelled ?? label, points, paragraph.text.includes("@") ? "mail" : "site", paragraph);
    }
  }
}

/** How the deck itself writes the words of a domain label, if it does. */
function spelling(deck: Deck, label: string): string | null {
  const wanted = keyOf(label);
  for (const { text } of deck.paragraphs) {
    const words = text
      .split(/\s+/u)
      .filter((word) => !word.includes("@") && !/www\.|\.\w{2,4}$/u.test(word));
    for (let from = 0; from < words.length; from++) {
      for (let count = 1; count <= 4 && from + count <= words.length; count++) {
        const run = words.slice(from, from + count).join(" ");
        const key = keyOf(cleaned(run));
        if (key === wanted) return cleaned(run);
        // "SmartKart" in "smartkartshopping.com": the label says more than the name.
        if (count <= 2 && key.length >= 5 && wanted.startsWith(key) && /^\p{Lu}/u.test(run)) {
          if (deck.slides.filter((slide) => slide.text.includes(run)).length >= 2)
            return cleaned(run);
        }
      }
    }
  }
  return null;
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
  deck.slides.forEach((slide, at) => {
    const edge = at < 3 || at >= count - 2;
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

const prefixes = /^(?:get|try|use|my|join|go|hello|hi|team|the|with|meet|app|ask|we|be|on)$/u;

/**
 * A logo that was read in part: "Temu" where the mail address ends in `dawnotemu`. The label of an
 * address is the whole name unless a usual prefix stands in front of it.
 */
export function fromLabels(deck: Deck, into: Candidates): void {
  for (const paragraph of deck.paragraphs) {
    for (const label of domainsOf(paragraph.text)) {
      const part = [...into.byKey.values()].find(
        ({ key, score }) =>
          key.length >= 4 &&
          score >= 2 &&
          label.length - key.length >= 2 &&
          keyOf(label).endsWith(key) &&
          !prefixes.test(keyOf(label).slice(0, -key.length)),
      );
      if (!part || keyOf(spelling(deck, label) ?? "") === keyOf(label)) continue;
      into.add(label, part.score + 1, "address", paragraph);
      for (const sign of part.sources) into.byKey.get(keyOf(label))?.sources.add(sign);
    }
  }
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
