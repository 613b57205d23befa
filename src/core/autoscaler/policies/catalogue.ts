import { alwaysOnDefaults, alwaysOnPolicy } from "./always-on.ts";
import { type CatalogueEntry, grid, idleGrid, option } from "./entry.ts";
import { justInTimePolicy } from "./just-in-time/policy.ts";
import { justInTimeDefaults as jitDefaults } from "./just-in-time/settings.ts";
import { products } from "./products.ts";
import { referencePolicy } from "./reference.ts";

const referenceEntry: CatalogueEntry = {
  name: "reference",
  what: "the scaling block of the configuration, to the letter",
  options: [
    option("vision-idle", "duration", null, "vision's scale_down_delay instead of the block's"),
    option("text-idle", "duration", null, "text's scale_down_delay instead of the block's"),
    option("start-at", "share", null, "share of visual analysis at which text starts"),
    option("pre-warm", "duration", null, "text's pre_warm_delay instead of the block's"),
    option("vision-min", "whole number", null, "vision's min_replicas instead of the block's"),
    option("text-min", "whole number", null, "text's min_replicas instead of the block's"),
  ],
  tuned: idleGrid.map((idle) => `reference:vision-idle=${idle},text-idle=${idle}`),
  make({ scaling, topology }, values) {
    const { vision, text } = scaling;
    return referencePolicy(
      {
        ...scaling,
        vision: {
          ...vision,
          scaleDownDelayMs: values["vision-idle"] ?? vision.scaleDownDelayMs,
          minReplicas: values["vision-min"] ?? vision.minReplicas,
        },
        text: {
          ...text,
          scaleDownDelayMs: values["text-idle"] ?? text.scaleDownDelayMs,
          startAtFraction: values["start-at"] ?? text.startAtFraction,
          preWarmDelayMs: values["pre-warm"] ?? text.preWarmDelayMs,
          minReplicas: values["text-min"] ?? text.minReplicas,
        },
      },
      topology,
    );
  },
};

const justInTimeEntry: CatalogueEntry = {
  name: "just-in-time",
  what: "ours: it learns how long decks and starts take, and weighs waiting against idle machines",
  options: [
    option("wait-price", "number", "4", "worth of a waiting document, in text replicas", 0.01),
    option(
      "goal",
      "share",
      null,
      "share of documents that find text ready, where that is possible",
    ),
    option("usd-per-day", "number", null, "what may be spent a day; ready work runs all the same"),
    option("robustness", "share", "0.1", "how far a learned keep-alive may leave break-even"),
    option("warm-pool", "switch", "on", "hold a replica through hours known to be busy"),
    option("seed", "whole number", "1", "of its own random numbers"),
  ],
  tuned: grid("just-in-time", "wait-price", ["1", "2", "4", "9", "20"]),
  make: (base, values) => {
    const usdPerDay = values["usd-per-day"];
    return justInTimePolicy(base, {
      ...jitDefaults,
      waitPrice: values["wait-price"] ?? jitDefaults.waitPrice,
      goal: values.goal ?? jitDefaults.goal,
      microUsdPerDay: usdPerDay === undefined ? jitDefaults.microUsdPerDay : usdPerDay * 1_000_000,
      robustness: values.robustness ?? jitDefaults.robustness,
      warmPool: (values["warm-pool"] ?? 1) === 1,
      seed: values.seed ?? jitDefaults.seed,
    });
  },
};

const alwaysOnEntry: CatalogueEntry = {
  name: "always-on",
  what: "so many replicas a pool, day and night",
  options: [
    option("replicas", "whole number", "1", "in every pool"),
    option("vision", "whole number", null, "in the pool vision; without it, as in every pool"),
    option("text", "whole number", null, "in the pool text"),
    option("shared", "whole number", null, "in the pool shared"),
  ],
  tuned: [],
  make: (base, { replicas, ...byPool }) =>
    alwaysOnPolicy(base, { byPool, replicas: replicas ?? alwaysOnDefaults.replicas }),
};

export const catalogue: readonly CatalogueEntry[] = [
  referenceEntry,
  justInTimeEntry,
  ...products,
  alwaysOnEntry,
];
