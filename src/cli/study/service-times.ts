import { readFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { z } from "zod";
import { AppError } from "../../errors/app-error.ts";
import { pitchDeckGraph, visualTask } from "../../sim/stages.ts";
import { pinnedServiceTimes } from "../../sim/worlds/pinned-service-times.ts";
import type { ServiceTimes } from "../../sim/worlds/service-times.ts";
import type { Context } from "../context.ts";

const positive = z.number("must be a number").positive("must be above 0").max(1e6);
const spread = z.number("must be a number").min(0, "must not be below 0").max(5);
const logNormal = z.strictObject({
  kind: z.literal("log-normal"),
  median: positive,
  lnSd: spread,
  min: z.number().min(0),
  max: positive,
});
const quantiles = z.strictObject({
  kind: z.literal("quantiles"),
  values: z
    .array(z.number().min(0).max(1e6))
    .min(2, "must hold at least the least and the most")
    .refine((all) => all.every((value, at) => at === 0 || value >= (all[at - 1] ?? 0)), {
      message: "must ascend",
    }),
});
const ofVisual = z.strictObject({ kind: z.literal("of-visual"), factor: positive });
const distribution = z.discriminatedUnion("kind", [logNormal, quantiles]);

const others = pitchDeckGraph.names.filter((name) => name !== visualTask);

/** The file of `--service-times`. */
const serviceTimes = z.strictObject({
  source: z.string("must say where the figures come from").min(1).max(400),
  slides: distribution,
  slideSeconds: z.strictObject({ median: positive, documentLnSd: spread, slideLnSd: spread }),
  tasks: z
    .record(z.string(), z.discriminatedUnion("kind", [ofVisual, logNormal, quantiles]))
    .refine((tasks) => others.every((name) => tasks[name] !== undefined), {
      message: `must have ${others.join(", ")}`,
    }),
  applies: z.record(z.string(), z.number().min(0).max(1)).optional(),
});

const keysShown = 5;

/** `--service-times FILE`; absent: the pinned ones. Throws SERVICE_TIMES_INVALID with the keys that are wrong. */
export async function readServiceTimes(
  context: Context,
  file: string | undefined,
): Promise<ServiceTimes> {
  if (file === undefined) return pinnedServiceTimes;
  const refuse = (detail: string): never => {
    throw new AppError("SERVICE_TIMES_INVALID", `${basename(file)}: ${detail}`);
  };
  const text = await readFile(resolve(context.cwd, file), "utf8").catch((error) =>
    refuse(`cannot be read (${error.code ?? error.message})`),
  );
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
  const read = serviceTimes.safeParse(value);
  if (read.success) return read.data;
  const problems = read.error.issues
    .slice(0, keysShown)
    .map(({ path, message }) => `${path.map(String).join(".") || "the file"} ${message}`);
  return refuse(problems.join("\n"));
}
