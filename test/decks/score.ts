import { type Share, wilson } from "../../src/core/slo/wilson.ts";
import type { Said } from "./said.ts";
import { type Kind, planted, type Truth } from "./types.ts";

export interface Counts {
  /** Planted and found; planted; said and true; said. */
  found: number;
  planted: number;
  right: number;
  said: number;
}

export interface Miss {
  readonly deck: number;
  readonly kind: Kind;
  readonly slides: readonly number[];
  readonly text: string;
  readonly wrong: "missed" | "false";
}

const meets = (a: readonly number[], b: readonly number[]): boolean =>
  a.some((slide) => b.includes(slide));

/** A finding is true when its kind is wrong on one of its slides; a conflict has to name both. */
function isTrue(said: Said, truth: Truth): boolean {
  if (said.kind !== truth.kind) return false;
  if (said.kind.startsWith("conflict_")) {
    return truth.slides.every((slide) => said.slides.includes(slide));
  }
  return meets(said.slides, truth.slides);
}

export class Scoreboard {
  readonly counts = new Map<Kind, Counts>(
    planted.map((kind) => [kind, { found: 0, planted: 0, right: 0, said: 0 }]),
  );
  readonly misses: Miss[] = [];

  add(deck: number, truth: readonly Truth[], said: readonly Said[]): void {
    for (const one of truth) {
      const counts = this.counts.get(one.kind);
      if (counts === undefined || one.optional) continue;
      counts.planted += 1;
      if (said.some((finding) => isTrue(finding, one))) counts.found += 1;
      else this.#miss(deck, one.kind, one.slides, one.quotes.join(" | "), "missed");
    }
    for (const one of said) {
      const counts = this.counts.get(one.kind);
      if (counts === undefined) continue;
      const truths = truth.filter((other) => isTrue(one, other));
      // What may be said and need not be counts neither way.
      if (truths.length > 0 && truths.every(({ optional }) => optional)) continue;
      counts.said += 1;
      if (truths.length > 0) counts.right += 1;
      else this.#miss(deck, one.kind, one.slides, one.text, "false");
    }
  }

  /** Precision and recall of a kind, with 95 % Wilson intervals. */
  of(kind: Kind): { precision: Share; recall: Share } {
    const { found, planted: of, right, said } = this.counts.get(kind) as Counts;
    return { precision: wilson(right, said), recall: wilson(found, of) };
  }

  #miss(
    deck: number,
    kind: Kind,
    slides: readonly number[],
    text: string,
    wrong: Miss["wrong"],
  ): void {
    this.misses.push({ deck, kind, slides, text, wrong });
  }
}
