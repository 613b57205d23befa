import { type Extractions, extractions, type SlideAnalysis } from "../../contract/results.ts";
import { conflictsWith, isSameDate, isSameName } from "../../core/grounding/conflicts.ts";
import { createExtractiveEngine } from "../engines/extractive/engine.ts";
import type { StepContext } from "./step.ts";

/** Below this the rules are guessing themselves, and would only cast doubt on what is right. */
const confidenceMin = 0.6;

/**
 * A model's name, ask and date beside what the rules read from the same slides: another value that stands
 * on a slide is told as a conflict, with its quotes, and the reader decides. The answer itself is left as
 * it is. The rules' own answers are not read twice.
 */
export async function withSecondReading(
  found: Extractions,
  slides: readonly SlideAnalysis[],
  { engine, signal }: Pick<StepContext, "engine" | "signal">,
): Promise<Extractions> {
  if (engine.ref.name === "extractive") return found;
  const rules = await readByRules(slides, signal);
  const add = <V, F extends Field<V>>(
    field: F & Field<V>,
    other: Field<V>,
    isSame: (one: V, two: V) => boolean,
  ): F => ({
    ...field,
    conflicts: conflictsWith(field.value, [...field.conflicts, ...statedBy(other)], isSame),
  });
  return {
    // Two sentences on what a company offers differ without disagreeing.
    company_offering: { ...found.company_offering, conflicts: [] },
    healthcare: add(found.healthcare, nothing, isSameAnswer),
    startup_name: add(found.startup_name, rules.startup_name, isSameName),
    funding_amount: add(found.funding_amount, rules.funding_amount, isSameAsk),
    deck_date: add(found.deck_date, rules.deck_date, isSameDate),
  };
}

type Evidence = Extractions["startup_name"]["evidence"][number];
interface Field<V> {
  readonly value: V | null;
  readonly confidence: number;
  readonly evidence: Evidence[];
  readonly conflicts: { value: V; evidence: Evidence[] }[];
}

const nothing = { value: null, confidence: 0, evidence: [], conflicts: [] };

const isSameAnswer = (one: { is_healthcare: boolean }, two: { is_healthcare: boolean }): boolean =>
  one.is_healthcare === two.is_healthcare;

const statedBy = <V>({ value, confidence, evidence, conflicts }: Field<V>) =>
  value === null || confidence < confidenceMin ? [] : [{ value, evidence }, ...conflicts];

async function readByRules(
  slides: readonly SlideAnalysis[],
  signal: AbortSignal,
): Promise<Extractions> {
  const rules = createExtractiveEngine({ sees: false });
  try {
    const request = { ask: { kind: "extractions" }, slides, prompt: "", schema: {} } as const;
    return extractions.parse((await rules.think(request, signal)).value);
  } finally {
    await rules.close();
  }
}

type Ask = NonNullable<Extractions["funding_amount"]["value"]>;

/** One figure within the other's range is no contradiction; the round is another question. */
function isSameAsk(one: Ask, other: Ask): boolean {
  const [a, b] = [one, other].map(({ amount }) =>
    typeof amount === "number" ? ([amount, amount] as const) : amount,
  );
  if (a === undefined || b === undefined) return false;
  const within = (inner: readonly [number, number], outer: readonly [number, number]): boolean =>
    inner[0] >= outer[0] && inner[1] <= outer[1];
  return (
    one.currency.toUpperCase() === other.currency.toUpperCase() && (within(a, b) || within(b, a))
  );
}
