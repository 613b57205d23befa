import { clip, countWords } from "../text-tools.ts";
import { isRead } from "./doubtful.ts";
import {
  type FeedbackPage,
  findingOf,
  isFurniture,
  isSource,
  type MeasuredLine,
  one,
  type Rule,
} from "./page.ts";

const words = { minor: 80, major: 130, critical: 200 } as const;
const sizes = { minor: 2.6, major: 2.0, critical: 1.5 } as const;
const slack = 0.97;

const percentOfHeight = (size: number): number => Math.round(size * 1000) / 10;

/** Words of a screenshot beside the slide's own text are looked at and not read. */
const wordsOf = ({ analysis, estimated, lines }: FeedbackPage): number =>
  !estimated && lines.some(isRead)
    ? countAll(lines.filter((line) => !isRead(line)))
    : analysis.words;

/** Too many words for the time a slide gets. */
export const textAmount: Rule = (page) => {
  const count = wordsOf(page);
  if (page.legal || count <= words.minor) return null;
  const severity = count > words.critical ? "critical" : count > words.major ? "major" : "minor";
  return findingOf(page, {
    rule: "text_amount",
    severity,
    what: `The slide has ${count} words; a reader has 10 to 25 seconds for it.`,
    why: "At reading speed most of it is skipped, and what is skipped is not chosen by you.",
    fix: `Keep the sentence that carries the message and the evidence for it; move the rest to an appendix, down to ${words.minor} words.`,
    quotes: [longestBlock(page)],
    measure: { name: "words", value: count, limit: words.minor, unit: "words" },
  });
};

const longestBlock = (page: FeedbackPage): string =>
  clip([...page.analysis.blocks].sort((a, b) => b.text.length - a.text.length)[0]?.text ?? "", 160);

/** The smallest text that carries content, as a share of the page's height. */
export const smallText: Rule = (page) => {
  if (page.legal || page.turned) return null;
  const content = page.lines.filter(
    (line) =>
      (page.estimated || !isRead(line)) &&
      !isFurniture(line) &&
      countWords(line.text) >= 3 &&
      /\p{L}{3}/u.test(line.text),
  );
  const body = content.filter((line) => !isSource(line.text));
  const smallest = [...body].sort((a, b) => a.size - b.size)[0];
  if (!smallest) return null;
  const percent = smallest.size * 100;
  const limit = page.estimated ? sizes.major : sizes.minor;
  if (percent >= limit * slack) return null;
  const small = body.filter((line) => line.size * 100 < limit * slack);
  const share = countAll(small) / Math.max(1, countAll(body));
  // A single small label is a blemish; a slide of small text is a problem.
  const carries = share >= 0.25;
  // Letters read from a picture may belong to a screenshot: only a slide full of them counts.
  if (page.estimated && (!carries || small.length < 3)) return null;
  const severity =
    percent < sizes.critical && carries && !page.estimated
      ? "critical"
      : percent < sizes.major && carries && !page.estimated
        ? "major"
        : "minor";
  const points = percent * 5.4;
  return findingOf(page, {
    rule: "text_too_small",
    severity,
    what: `The smallest text is ${one(percent)} % of the page's height, about ${one(points, 0)} pt on a 540 pt high slide; ${Math.round(share * 100)} % of the words are below ${one(limit)} %.`,
    why: "On a laptop or a projected slide it cannot be read without zooming, so its content does not count.",
    fix: "Raise it to at least 14 pt (2.6 % of the height), or cut it.",
    quotes: [clip(smallest.text, 160)],
    measure: {
      name: "smallest text",
      value: percentOfHeight(smallest.size),
      limit,
      unit: "% of page height",
    },
  });
};

const countAll = (lines: readonly { readonly text: string }[]): number =>
  lines.reduce((sum, line) => sum + countWords(line.text), 0);

/** Strokes of letters lower than this are narrower than a pixel or two, and paler on the picture than drawn. */
const thinPixels = 22;
const thinFont = /courier|mono|typewriter|light|thin|hairline/iu;

/** The share of the true contrast that is surely measured; found by measuring letters of known colours. */
const measuredShare = ({ line, pixels }: MeasuredLine): number =>
  pixels >= thinPixels ? 0.92 : thinFont.test(line.font ?? "") ? 0.62 : 0.8;

/** Letters too close to their ground. Limits are held a little lower, as pixels blur at edges. */
export const lowContrast: Rule = (page) => {
  const poor = page.measured
    .filter(
      ({ line, contrast }) =>
        contrast !== null &&
        (page.estimated || !isRead(line)) &&
        !isFurniture(line) &&
        !isSource(line.text) &&
        countWords(line.text) >= 2,
    )
    .map((one) => {
      const { line, contrast } = one;
      const large = line.size >= 18 / 540 || (line.bold && line.size >= 14 / 540);
      return { line, contrast: contrast ?? 21, limit: large ? 3 : 4.5, share: measuredShare(one) };
    })
    .filter(({ contrast, limit, share }) => contrast < limit * share)
    .sort((a, b) => a.contrast - b.contrast);
  const worst = poor[0];
  if (!worst) return null;
  const severity = worst.contrast < 3 * 0.92 ? "major" : "minor";
  const more = poor.length > 1 ? ` ${poor.length} lines are below the limit.` : "";
  return findingOf(page, {
    rule: "low_contrast",
    severity,
    what: `"${clip(worst.line.text, 60)}" stands out from its ground by a contrast of only ${one(worst.contrast)} : 1.${more}`,
    why: "On a projector or a dim screen it disappears, and some readers cannot see it at all.",
    fix: `Darken the letters or change the ground until the contrast is ${worst.limit} : 1 or more.`,
    quotes: poor.slice(0, 3).map(({ line }) => clip(line.text, 160)),
    measure: {
      name: "contrast",
      value: Math.round(worst.contrast * 100) / 100,
      limit: worst.limit,
      unit: ": 1",
    },
  });
};

/** Text that was never replaced. */
export const placeholderText: Rule = (page) => {
  const match =
    /lorem ipsum|\bdolor sit amet\b|\bXYZ\b|\bXXX+\b|\bTBD\b|\bTBC\b|\[(?:company|name|your|insert|logo|amount|date|product|x+|firm|ihr|nom|votre|insérer|nombre|su )[^\]]{0,30}\]|\bclick to (?:add|edit)\b|\binsert (?:your |the )?(?:text|logo|image|name|title)\b|\byour (?:logo|text|title|name|company name) here\b|\bplaceholder\b|\bsample text\b|\bdouble[- ]click\b|\bFirstname Lastname\b|\b(?:John|Jane) Doe\b|\$X+ ?[MK]?\b|\b(?:hier )?(?:text|bild|logo) einfügen\b|\bPlatzhalter\b|\bM(?:ax|aria|onika) Mustermann\b|\bcliquez pour (?:ajouter|modifier)|\binsérer (?:le |un |votre )?(?:texte|image|logo)|\b(?:haga )?clic para (?:agregar|añadir|editar)|\binsertar (?:el |su |un )?(?:texto|imagen|logo)/iu.exec(
      page.analysis.text,
    );
  if (!match) return null;
  const block = page.analysis.blocks.find((one) => one.text.includes(match[0]));
  return findingOf(page, {
    rule: "placeholder_text",
    severity: "critical",
    what: `Placeholder text is left on the slide: "${match[0]}".`,
    why: "A reader concludes that the deck was sent unread, and that the number or name behind it does not exist.",
    fix: "Put in the real content or remove the text.",
    quotes: [clip(block?.text ?? match[0], 200)],
  });
};

/** Text over the edge of the page. */
export const cutText: Rule = (page) => {
  if (page.estimated || page.turned) return null;
  const out = page.lines.find(
    (line) =>
      countWords(line.text) >= 2 &&
      !isRead(line) &&
      !isFurniture(line) &&
      // What lies outside is not read: a line that ends at the very edge goes on beyond it.
      (line.x < 0.001 ||
        line.x + line.width > 0.992 ||
        line.y + line.height > 1.02 ||
        line.y < -0.02) &&
      line.x < 1 &&
      line.y < 1 &&
      line.x + line.width > 0 &&
      line.y + line.height > 0,
  );
  if (!out) return null;
  return findingOf(page, {
    rule: "text_cut_off",
    severity: "major",
    what: `"${clip(out.text, 60)}" runs over the edge of the page.`,
    why: "Part of the words is not visible, so the sentence cannot be read to its end.",
    fix: "Make the text box narrower or the text shorter.",
    quotes: [clip(out.text, 200)],
  });
};

/** Two different lines in one place. */
export const overlappingText: Rule = (page) => {
  if (page.estimated || page.turned) return null;
  // Words inside a picture are placed by guess, and a picture may well stand under a caption.
  const lines = page.lines.slice(0, 200).filter((line) => line.text.length >= 6 && !isRead(line));
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index];
    const other = line && lines.slice(index + 1).find((next) => covers(line, next));
    if (line && other) {
      return findingOf(page, {
        rule: "text_overlap",
        severity: "major",
        what: `"${clip(line.text, 50)}" and "${clip(other.text, 50)}" are drawn over each other.`,
        why: "Neither of the two can be read.",
        fix: "Move the boxes apart, or remove the one that was left behind.",
        quotes: [clip(line.text, 160), clip(other.text, 160)],
      });
    }
  }
  return null;
};

interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly text: string;
}

function covers(a: Place, b: Place): boolean {
  if (a.text === b.text || a.text.includes(b.text) || b.text.includes(a.text)) return false;
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return false;
  const middles = Math.abs(a.y + a.height / 2 - b.y - b.height / 2);
  return width > 0.5 * Math.min(a.width, b.width) && middles < 0.3 * Math.min(a.height, b.height);
}
