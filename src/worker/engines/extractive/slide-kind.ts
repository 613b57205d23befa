import type { SlideAnalysis, TextBlock } from "../../../contract/results.ts";
import { titleWords } from "./terms/slide-titles.ts";
import { countWords, fold } from "./text-tools.ts";

type Kind = SlideAnalysis["kind"];

interface KindInput {
  readonly slide: number;
  readonly slides: number;
  readonly title: string | null;
  readonly blocks: readonly TextBlock[];
  readonly text: string;
}

const titlePatterns = titleWords.map(([kind, words]) => ({
  kind,
  pattern: new RegExp(`(?<![\\p{L}\\p{N}])(?:${words.join("|")})(?![\\p{L}\\p{N}])`, "gu"),
}));

/** What the body of a kind of slide says, folded; each part found adds one point. */
const bodyPatterns: readonly (readonly [Kind, readonly RegExp[]])[] = [
  [
    "ask",
    [
      /\b(?:we are|we're|currently|now|looking to) rais(?:e|ing)\b/u,
      /\buse of (?:funds|proceeds)\b/u,
      /\bseeking\b.{0,40}\b(?:seed|angel|investment|round|funding)\b/u,
      /\bangel round\b/u,
    ],
  ],
  [
    "market",
    [
      /\b(?:tam|sam|som)\b/u,
      /\bcagr\b/u,
      /\b(?:total|serviceable) (?:addressable|available) market\b/u,
      /\bmarket (?:size|value|share)\b/u,
    ],
  ],
  [
    "team",
    [
      /\b(?:ceo|cto|coo|cfo|cmo)\b/u,
      /\b(?:co-?founder|founder)\b/u,
      /\b(?:phd|mba|years? of experience)\b/u,
      /\b(?:vp|head of|director)\b/u,
    ],
  ],
  [
    "financials",
    [
      /\b(?:ebitda|gross (?:margin|profit)|net income|cogs|opex)\b/u,
      /\byear [1-5]\b.*\byear [2-5]\b/su,
      /\b20\d\d[ef]?\b.{0,20}\b20\d\d[ef]?\b.{0,20}\b20\d\d[ef]?\b/su,
    ],
  ],
  [
    "clinical",
    [
      /\b(?:rct|randomi[sz]ed|placebo|endpoint)\b/u,
      /\bn ?= ?\d/u,
      /\bnct\d{8}\b/u,
      /\b(?:sensitivity|specificity)\b/u,
    ],
  ],
  [
    "regulatory",
    [/\b510\(?k\)?\b/u, /\b(?:fda|mdr|ivdr|notified body)\b/u, /\biso ?13485\b/u, /\bce[- ]mark/u],
  ],
  ["science", [/\bmechanism of action\b/u, /\b(?:in vivo|in vitro)\b/u, /\bhypothes[ie]s\b/u]],
  ["competition", [/\bcompetitors?\b/u, /\bversus\b|\bvs\b/u]],
  [
    "contact",
    [/[\w.]+@[\w-]+\.\w+/u, /\bthank(?:s| you)\b|\bgracias\b|\bmerci\b|\bdanke\b|\bobrigad[oa]\b/u],
  ],
];

const titlePoints = 5;
const headingPoints = 3;

/** Short lines above the middle beside the title: kickers such as "THE PROBLEM". */
const headingsOf = (blocks: readonly TextBlock[], title: string | null): string[] =>
  blocks
    .filter((block) => block.y < 0.35 && block.text !== title && countWords(block.text) <= 5)
    .slice(0, 4)
    // "Problem | Solution | Team" is the deck's navigation and stands on every slide.
    .filter((block) => !/[|>›]/u.test(block.text))
    .map((block) => fold(block.text));

/** Words of the title that the kind explains: "Market" alone beats "The problem with today's market". */
function share(pattern: RegExp, text: string): number {
  const hits = text.match(pattern) ?? [];
  return hits.join("").length / Math.max(1, text.length);
}

function pointsOf(input: KindInput): Map<Kind, number> {
  const points = new Map<Kind, number>();
  const add = (kind: Kind, value: number): void => {
    points.set(kind, (points.get(kind) ?? 0) + value);
  };
  const title = fold(input.title ?? "");
  const headings = headingsOf(input.blocks, input.title);
  for (const { kind, pattern } of titlePatterns) {
    const ofTitle = share(pattern, title);
    if (ofTitle > 0) add(kind, titlePoints * (0.5 + ofTitle));
    const ofHeading = Math.max(0, ...headings.map((heading) => share(pattern, heading)));
    if (ofHeading > 0) add(kind, headingPoints * (0.3 + ofHeading));
  }
  const body = fold(input.text);
  for (const [kind, patterns] of bodyPatterns) {
    const hits = patterns.filter((pattern) => pattern.test(body)).length;
    if (hits > 0) add(kind, hits * 1.2);
  }
  return points;
}

/** The kind of a slide by its title, its kickers and what its body says; `other` when nothing tells. */
export function kindOf(input: KindInput): Kind {
  const points = pointsOf(input);
  if (input.slide === 1) {
    const strongest = Math.max(0, ...points.values());
    // The first page is the cover, unless it is full of text under a chapter's own title.
    if (countWords(input.text) < 60 || strongest < titlePoints) return "cover";
  }
  if (input.slide < input.slides) {
    points.set("contact", (points.get("contact") ?? 0) * 0.5);
  }
  let best: Kind = "other";
  let most = 1.5;
  for (const [kind, value] of points) {
    if (value > most) {
      best = kind;
      most = value;
    }
  }
  return best;
}
