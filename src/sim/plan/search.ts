import type { ScalingSettings } from "../../core/autoscaler/settings.ts";
import type { Candidate, Offer } from "./offer.ts";

/** The dedicated server: one machine that is never off. */
const alwaysOn = "always-on:shared=1";

const justInTime = (waitPrice: number, goal: number | null): string =>
  `just-in-time:wait-price=${waitPrice}${goal === null ? "" : `,goal=${goal}`}`;

/** What is tried first: the reference, and the just-in-time policy from thrifty to quick. */
const policies: readonly string[] = [
  "reference",
  justInTime(0.5, null),
  justInTime(2, null),
  justInTime(9, 0.92),
];

/** The coarse grid of one offer, with the bounds as they are configured. */
export function coarse(offer: Offer, { vision, text }: ScalingSettings): Candidate[] {
  const caps = { vision: vision.maxReplicas, text: text.maxReplicas };
  if (offer.topology === "dedicated") return [{ offer, policy: alwaysOn, caps }];
  return policies.map((policy) => ({ offer, policy, caps }));
}

const capMax = 16;

/** What lies around a candidate: one replica more or less of a pool, waiting worth more or less, other idle times. */
export function finer(candidate: Candidate): Candidate[] {
  const { offer, caps, policy } = candidate;
  if (offer.topology === "dedicated") return [];
  const more = { vision: caps.vision + 1, text: caps.text + 1 };
  const fewer = { vision: caps.vision - 1, text: caps.text - 1 };
  const bounds =
    offer.topology === "shared"
      ? [more, fewer]
      : [
          { ...caps, vision: more.vision },
          { ...caps, text: more.text },
          { ...caps, vision: fewer.vision },
          { ...caps, text: fewer.text },
          more,
        ];
  const sound = bounds.filter(({ vision, text }) =>
    [vision, text].every((cap) => cap >= 1 && cap <= capMax),
  );
  return [
    ...sound.map((own) => ({ ...candidate, caps: own })),
    ...aroundPolicy(policy).map((own) => ({ ...candidate, policy: own })),
  ];
}

function aroundPolicy(policy: string): string[] {
  const parts = /^just-in-time:wait-price=([\d.]+)(?:,goal=([\d.]+))?$/.exec(policy);
  if (parts === null) {
    return policy === "reference"
      ? ["120s", "900s"].map((idle) => `reference:vision-idle=${idle},text-idle=${idle}`)
      : [];
  }
  const price = Number(parts[1]);
  const goal = parts[2] === undefined ? null : Number(parts[2]);
  const prices = [price / 2, price * 1.5].map((value) => Math.round(value * 100) / 100);
  return prices.map((value) => justInTime(value, goal));
}
