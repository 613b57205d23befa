import type { ChangedSettings } from "../../core/autoscaler/changed-settings.ts";
import type { PolicyBase } from "../../core/autoscaler/policies/base.ts";
import { sharedScaling } from "../../core/autoscaler/topology.ts";

/** A policy with its options, and what it changes of the scaling blocks. */
export interface Choice {
  readonly policy: string;
  readonly settings: ChangedSettings;
}

const idleTimes = ["120s", "600s", "900s"];
const waitPrices = [1, 2, 4, 9];
const goals = [null, 0.92];

/** What is tried first: our policy from thrifty to quick, and the reference with other delays. */
export function candidatesFor({ topology }: PolicyBase): Choice[] {
  const ours = waitPrices.flatMap((price) =>
    goals
      // A goal of readiness says nothing where one pool does both kinds of work.
      .filter((goal) => goal === null || topology === "split")
      .map((goal) => `just-in-time:wait-price=${price}${goal === null ? "" : `,goal=${goal}`}`),
  );
  const delays = idleTimes.map((idle) => `reference:vision-idle=${idle},text-idle=${idle}`);
  return [...ours, "reference", ...delays].map((policy) => ({ policy, settings: {} }));
}

/** What lies around the best: how far learned keep-alives may go, and one replica fewer of a pool. */
export function finerChoices(best: Choice, { scaling, topology }: PolicyBase): Choice[] {
  const bounds =
    topology === "shared"
      ? [fewer("text_container_scaling", sharedScaling(scaling).maxReplicas)]
      : [
          fewer("vision_container_scaling", scaling.vision.maxReplicas),
          fewer("text_container_scaling", scaling.text.maxReplicas),
        ];
  const isOurs = best.policy.startsWith("just-in-time:") && !best.policy.includes("robustness=");
  const robust = isOurs
    ? ["0.2", "0.6"].map((value) => ({ ...best, policy: `${best.policy},robustness=${value}` }))
    : [];
  return [
    ...robust,
    ...bounds.flat().map((settings) => ({ ...best, settings: { ...best.settings, ...settings } })),
  ];
}

const fewer = (block: keyof ChangedSettings, most: number): ChangedSettings[] =>
  most <= 1 ? [] : [{ [block]: { max_replicas: most - 1 } }];
