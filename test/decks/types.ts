/** What the decks are made of, and what is known to be wrong in them. */

export const planted = [
  "text_too_small",
  "low_contrast",
  "text_amount",
  "title_missing",
  "axis_unlabelled",
  "unit_missing",
  "source_missing",
  "forecast_unmarked",
  "text_overlap",
  "text_cut_off",
  "placeholder",
  "clutter",
  "conflict_market",
  "conflict_ask",
  "conflict_team",
  "conflict_customers",
  "efficacy_unproven",
  "clinically_proven",
  "percent_without_n",
  "small_n",
  "fda_approved",
  "fda_registered",
  "ce_approved",
  "standard_certified",
  "privacy_certified",
  "designation_as_proof",
  "status_conflict",
  "patent_pending",
  "hypothesis_unproven",
] as const;
export type Kind = (typeof planted)[number];

export interface Truth {
  readonly kind: Kind;
  /** The slide, or for a conflict the slides that disagree. */
  readonly slides: readonly number[];
  /** Literal words of (each of) the slides. */
  readonly quotes: readonly string[];
  /** Neither asked for nor wrong to say: a borderline case, or a side effect of another defect. */
  readonly optional?: boolean;
}

export type Language = "en" | "de" | "fr" | "es";

export interface Chart {
  readonly form: "bar" | "line" | "pie" | "rows";
  readonly labels: readonly string[];
  readonly values: readonly number[];
  /** What is counted, with its unit; null draws no label at all. */
  readonly label: string | null;
  /** Behind each number along the axis, such as "%". */
  readonly suffix: string;
  /** Numbers on the bars instead of along the axis. */
  readonly onBars: boolean;
}

/** Text with a look of its own. Sizes are points on a slide 540 points high. */
export interface Styled {
  readonly text: string;
  readonly size?: number;
  /** Contrast to the ground, instead of the theme's. */
  readonly contrast?: number;
}
export type Item = string | Styled;

/** One slide before it is drawn. */
export interface Slide {
  kind: string;
  title: string | null;
  kicker: string | null;
  items: Item[];
  figures: { value: string; label: string }[];
  charts: Chart[];
  table: string[][] | null;
  picture: boolean;
  /** Source, date or the like, in small letters below. */
  note: string | null;
  /** Many short pieces, spread out. */
  pieces: string[];
  defect: "overlap" | "cut" | null;
  /** Truth of this slide; the number comes when the order is known. */
  truth: { kind: Kind; quote: string; optional?: boolean }[];
}

export const textOf = (item: Item): string => (typeof item === "string" ? item : item.text);

export function slideOf(kind: string, title: string | null, more: Partial<Slide> = {}): Slide {
  return {
    kind,
    title,
    kicker: null,
    items: [],
    figures: [],
    charts: [],
    table: null,
    picture: false,
    note: null,
    pieces: [],
    defect: null,
    truth: [],
    ...more,
  };
}
