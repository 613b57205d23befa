import type { ModelCandidate, ModelEngine, StageModels } from "../../packs/pack.ts";
import { fullName } from "./ollama/host.ts";

export interface ModelWish {
  readonly engine: ModelEngine;
  /** What the configuration names; it is never second-guessed. */
  readonly configured: string | null;
  readonly stage: StageModels | undefined;
  /** What the server has; null: nobody could look. */
  readonly served: readonly string[] | null;
  /** A model that is missing can be downloaded. */
  readonly mayPull: boolean;
  /** GPU memory there is; null: not known, nothing is ruled out. */
  readonly vramGib: number | null;
}

/** The model of a stage, or none, and in one sentence why. */
export interface ChosenModel {
  readonly name: string | null;
  readonly quantisation: string | null;
  readonly vramGib: number | null;
  readonly why: string;
}

/**
 * The first candidate of the pack that the server has or may pull and that fits the GPU memory given. A
 * server that has one model only is meant to be asked with it, whatever the pack thinks best.
 */
export function chooseModel(wish: ModelWish): ChosenModel {
  const { configured, engine, served } = wish;
  const candidates = (wish.stage?.candidates ?? []).filter((one) => one.engine === engine);
  if (configured !== null) {
    const known = candidates.find(({ name }) => isSame(engine, name, configured));
    return { ...factsOf(known), name: configured, why: "named by the configuration" };
  }
  const passedOver: string[] = [];
  for (const one of candidates) {
    const against = reasonAgainst(one, wish);
    if (against === null)
      return { ...factsOf(one), name: one.name, why: whyOf(one, wish, passedOver) };
    passedOver.push(`${one.name} ${against}`);
  }
  const [only] = served ?? [];
  if (engine === "openai" && only !== undefined && served?.length === 1) {
    return { ...factsOf(undefined), name: only, why: "the only model the server has" };
  }
  const none =
    passedOver.length === 0 ? `the pack names no model for ${engine}` : passedOver.join("; ");
  return { ...factsOf(undefined), name: null, why: none };
}

const factsOf = (one: ModelCandidate | undefined) => ({
  quantisation: one?.quantisation ?? null,
  vramGib: one?.vramGib ?? null,
});

const isSame = (engine: ModelEngine, a: string, b: string): boolean =>
  engine === "ollama" ? fullName(a) === fullName(b) : a === b;

const isServed = ({ engine, name }: ModelCandidate, { served }: ModelWish): boolean =>
  served?.some((one) => isSame(engine, one, name)) ?? true;

function reasonAgainst(one: ModelCandidate, wish: ModelWish): string | null {
  const { vramGib, mayPull } = wish;
  if (vramGib !== null && one.vramGib !== null && one.vramGib > vramGib) {
    return `needs ${one.vramGib} GiB of ${Math.floor(vramGib * 10) / 10}`;
  }
  return isServed(one, wish) || mayPull ? null : "is not there";
}

function whyOf(one: ModelCandidate, wish: ModelWish, passedOver: readonly string[]): string {
  const has = wish.served === null ? "not looked for" : "there";
  const how = isServed(one, wish) ? has : "will be pulled";
  const place = passedOver.length === 0 ? "the pack's first choice" : passedOver.join("; ");
  return `${how}; ${place}`;
}
