import { z } from "zod";
import type { PolicyBase } from "../core/autoscaler/policies/base.ts";
import { policyNamed } from "../core/autoscaler/policies/registry.ts";
import { scalingDefaults, scalingOf } from "../core/autoscaler/settings.ts";

const note = <T extends z.ZodType>(schema: T, description: string, env?: string): T =>
  schema.meta({ description, ...(env === undefined ? {} : { env }) });

/** Whether a text names a policy does not depend on prices or bounds. */
const anyBase: PolicyBase = {
  scaling: scalingOf(scalingDefaults),
  topology: "split",
  microUsdPerHour: {},
  quantumMs: 0,
};

const policy = z
  .string("must be text")
  .max(400)
  .superRefine((text, context) => {
    const named = policyNamed(text, anyBase);
    if ("problem" in named) {
      context.addIssue({ code: "custom", message: `${named.problem} ${named.next}` });
    }
  });

/** Which policy decides, and who may look for a better one. */
export const autoscalerSchema = z.strictObject({
  policy: note(
    policy,
    "Who decides how many replicas run: `reference` follows the scaling blocks below to the letter; a name may have options, as in `keda:cooldown=900s`. A version that was let in by `pilotlight tune` comes before it.",
    "PILOTLIGHT_POLICY",
  ),
  tuneNightly: note(
    z.boolean("must be true or false"),
    "Replay the last month every night and propose better settings. Nothing is changed by it: `pilotlight tune` shows the proposal.",
  ),
});

export const autoscalerDefaults = {
  policy: "reference",
  tuneNightly: false,
} as const satisfies z.input<typeof autoscalerSchema>;
