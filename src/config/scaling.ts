import { z } from "zod";
import { parseDuration } from "../core/autoscaler/duration.ts";
import { triggerFraction } from "../core/autoscaler/settings.ts";

const note = <T extends z.ZodType>(schema: T, description: string): T =>
  schema.meta({ description });

const replicas = z
  .int("must be a whole number")
  .min(0, "must be at least 0")
  .max(99, "must be at most 99");
const slots = z
  .int("must be a whole number")
  .min(1, "must be at least 1")
  .max(64, "must be at most 64");

const weekMs = 7 * 86_400_000;

/** Kept as text, for a person to recognise; a bare number is refused because its unit is unknown. */
const duration = z.preprocess(
  (given) => (given === 0 ? "0s" : given),
  z
    .string("must be a duration with a unit, such as 300s")
    .refine((text) => parseDuration(text) !== null, "must be a duration with a unit, such as 300s")
    .refine((text) => (parseDuration(text) ?? 0) <= weekMs, "must be at most 7d"),
);

const exactly = (word: string) =>
  z.string("must be text").refine((given) => given === word, `must be ${word}`);

const bounds = {
  path: ["max_replicas"],
  message: "must be at least 1 and not below min_replicas",
};
const inBounds = (pool: { min_replicas: number; max_replicas: number }) =>
  pool.max_replicas >= Math.max(1, pool.min_replicas);

/** The three scaling blocks, with the names of the request, so that they can be pasted. */
export const scalingSchema = {
  vision_container_scaling: z
    .strictObject({
      min_replicas: note(replicas, "Vision replicas that always run."),
      max_replicas: note(replicas, "Most vision replicas at once."),
      scale_up_trigger: note(exactly("document_uploaded"), "What starts the first vision replica."),
      scale_up_delay: note(
        duration,
        "How long an upload waits before a replica is started for it.",
      ),
      scale_down_trigger: note(
        exactly("no_vision_tasks_in_pipeline"),
        "What lets the vision pool go down: no active pipeline still has a vision task.",
      ),
      scale_down_delay: note(duration, "How long that must last before the vision pool stops."),
      startup_timeout: note(duration, "A vision replica not ready after this is replaced."),
      parallel_tasks_per_replica: note(slots, "Tasks a vision replica works on at once."),
    })
    .refine(inBounds, bounds),
  text_container_scaling: z
    .strictObject({
      min_replicas: note(replicas, "Text replicas that always run."),
      max_replicas: note(replicas, "Most text replicas at once."),
      scale_up_trigger: note(
        z
          .string("must be text")
          .refine(
            (trigger) => triggerFraction(trigger) !== null,
            "must be document_uploaded or vision_analysis_N_percent_complete",
          ),
        "What starts the first text replica: `vision_analysis_N_percent_complete`, or `document_uploaded`.",
      ),
      pre_warm_delay: note(
        duration,
        "Or this long before visual analysis is expected to end, whichever comes first.",
      ),
      scale_down_trigger: note(
        exactly("no_text_tasks_in_pipeline"),
        "What lets the text pool go down: no active pipeline still has a text task.",
      ),
      scale_down_delay: note(duration, "How long that must last before the text pool stops."),
      startup_timeout: note(duration, "A text replica not ready after this is replaced."),
      sequential_then_parallel: note(
        z.boolean("must be true or false"),
        "After the main task, the specialised ones run side by side; false: one after another.",
      ),
    })
    .refine(inBounds, bounds),
  pipeline_coordination: z.strictObject({
    max_concurrent_pipelines_per_container: note(
      slots,
      "Pipelines one container works on at once.",
    ),
    vision_to_text_handoff_timeout: note(
      duration,
      "How long a text task may wait for its visual results before it is tried again.",
    ),
    pipeline_failure_retry_delay: note(
      duration,
      "Pause before a task whose attempts are spent gets another round of them; no shorter pause is longer.",
    ),
    cross_container_communication_timeout: note(
      duration,
      "Longest time one container waits for another's answer.",
    ),
  }),
};
