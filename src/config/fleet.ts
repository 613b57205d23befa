import { z } from "zod";
import { defaultPhaseDeadlines } from "../core/fleet/deadlines.ts";

const word = z.string("must be text").min(1, "must not be empty").max(400);
const name = z
  .string("must be text")
  .regex(/^[a-z][a-z0-9-]{0,39}$/, "must be lower-case letters, digits and dashes");
const usd = z.number("must be dollars").min(0, "must be at least 0").max(10_000);
const seconds = (min: number, max: number) =>
  z
    .int("must be whole seconds")
    .min(min, `must be at least ${min}`)
    .max(max, `must be at most ${max}`);

/** Pinned: what runs must not change under a deployment, and Verda refuses `latest`. */
const image = word.regex(
  /^([^@]+:(?!latest$)[\w][\w.-]{0,127}|.+@sha256:[0-9a-f]{64})$/,
  "must name a tag that is not latest, or a digest",
);

/** A kind of machine somebody owns, with what an hour of it costs. */
const machine = z.strictObject({
  gpu: word,
  gpus: z.int().min(1).max(64).default(1),
  vramGb: z.number().min(1).max(10_000),
  /** null: it has a price and nobody says which. */
  usdPerHour: usd.nullable(),
  spot: z.boolean().default(false),
  /** Absent: nodes are found by the label that names their GPU. */
  nodeSelector: z.record(word, z.string()).optional(),
});

const verda = z.strictObject({
  kind: z.literal("verda"),
  name: name.default("verda"),
  region: word.nullable().default(null),
  apiUrl: z.url("must be a URL").default("https://api.verda.com/v1"),
  /** Names of the environment variables that hold the credentials. */
  clientIdFrom: word.default("VERDA_CLIENT_ID"),
  clientSecretFrom: word.default("VERDA_CLIENT_SECRET"),
  image,
  registryCredentials: word.nullable().default(null),
  /** A shared filesystem with model weights, by its volume id, and where it is mounted. */
  weightsVolume: z.strictObject({ id: word, path: word }).nullable().default(null),
  quantumSeconds: seconds(0, 86_400).default(600),
});

const kubernetes = z.strictObject({
  kind: z.literal("kubernetes"),
  name: name.default("kubernetes"),
  region: word.nullable().default(null),
  /** A file; `default`: what kubectl takes; null: the service account of the pod this runs in. */
  kubeconfig: word.nullable().default(null),
  context: word.nullable().default(null),
  namespace: word.default("default"),
  image,
  imagePullSecrets: z.array(word).default([]),
  gpuResource: word.default("nvidia.com/gpu"),
  nodeSelector: z.record(word, z.string()).default({}),
  tolerations: z.array(z.record(z.string(), z.unknown())).default([]),
  volumes: z.array(z.record(z.string(), z.unknown())).default([]),
  volumeMounts: z.array(z.record(z.string(), z.unknown())).default([]),
  cpu: word.default("4"),
  memory: word.default("16Gi"),
  graceSeconds: seconds(30, 86_400).default(1_800),
  machines: z.array(machine).min(1, "must name at least one kind of machine"),
});

const fixed = z.strictObject({
  kind: z.literal("static"),
  name: name.default("static"),
  gpu: word.nullable().default(null),
  gpus: z.int().min(0).max(64).default(0),
  region: word.nullable().default(null),
  vramGb: z.number().min(1).max(10_000).nullable().default(null),
  /** What an hour of it costs; 0: nobody asks; null: it has a price and nobody says which. */
  usdPerHour: usd.nullable().default(0),
});

const local = z.strictObject({ kind: z.literal("local"), name: name.default("local") });

/** One place replicas can stand in. */
export const providerEntry = z.discriminatedUnion(
  "kind",
  [local, verda, kubernetes, fixed],
  "kind must be local, verda, kubernetes or static",
);
export type ProviderEntry = z.infer<typeof providerEntry>;

const note = <T extends z.ZodType>(
  schema: T,
  description: string,
  env?: string,
  read?: "number" | "list",
): T =>
  schema.meta({
    description,
    ...(env === undefined ? {} : { env }),
    ...(read === undefined ? {} : { read }),
  });

const phase = seconds(1, 86_400);

/** How long each phase of a start may last. */
export const phaseSecondsSchema = z.strictObject({
  requested: note(phase, "A start whose order shows no effect for so long is replaced."),
  provisioning: note(phase, "Longest wait for a machine."),
  pulling_image: note(phase, "Longest download of the container's image."),
  booting: note(phase, "Longest time from the process to its registration."),
  pulling_model: note(
    phase,
    "Longest download of the model. A phase that may last longer than the pool's `startup_timeout` gets its time on top of that.",
  ),
  loading: note(phase, "Longest time to load the model into memory."),
  canary: note(phase, "Longest time for the first, easy question."),
});

/** What bounds and shapes the fleet as a whole. */
export const fleetSchema = z.strictObject({
  topology: note(
    z.enum(["split", "shared"], "must be split or shared"),
    "`split`: a pool for pictures and one for text; `shared`: one pool whose model does both, so one cold start instead of two.",
    "PILOTLIGHT_TOPOLOGY",
  ),
  publicUrl: note(
    z.url({ protocol: /^https?$/, error: "must be an http or https URL" }).nullable(),
    "Where rented containers reach this control plane.",
    "PILOTLIGHT_PUBLIC_URL",
  ),
  replicasMax: note(
    z.int("must be a whole number").min(1, "must be at least 1").max(1_000, "must be at most 1000"),
    "Hard ceiling: most replicas of all pools and providers together, whatever asks for more.",
    "PILOTLIGHT_REPLICAS_MAX",
    "number",
  ),
  usdPerHourMax: note(
    usd,
    "Hard ceiling: most dollars an hour that all rented replicas together may cost.",
    "PILOTLIGHT_USD_PER_HOUR_MAX",
    "number",
  ),
  spot: note(
    z.enum(["never", "prefer", "only"], "must be never, prefer or only"),
    "Cheaper machines that may be taken back: finished slides are kept, so a loss costs little.",
    "PILOTLIGHT_SPOT",
  ),
  gpus: note(
    z.array(word, "must be a list").max(50),
    "GPU types that may be rented. An empty list: any that fits.",
    "PILOTLIGHT_GPUS",
    "list",
  ),
  regions: note(
    z.array(word, "must be a list").max(50),
    "Regions that may be used. An empty list: any.",
    "PILOTLIGHT_REGIONS",
    "list",
  ),
  keepOnExit: note(
    z.boolean("must be true or false"),
    "Leave rented replicas running when this control plane ends in order, because another one takes over; else they are stopped first.",
  ),
  modelSlots: note(
    z.int("must be a whole number").min(0, "must be at least 0").max(64, "must be at most 64"),
    "Calls at once to the one model server that local containers share; 0: the slots of the larger pool.",
    "PILOTLIGHT_MODEL_SLOTS",
    "number",
  ),
  vramGb: note(
    z.number("must be gigabytes").min(0, "must be at least 0").max(10_000).nullable(),
    "GPU memory of this machine, for local containers with models; null: not known, nothing is refused for it.",
    "PILOTLIGHT_VRAM_GB",
    "number",
  ),
  calmMs: note(
    z.int("must be whole milliseconds").min(0, "must be at least 0").max(600_000),
    "Pause between two looks at a rented provider while nothing changes there.",
  ),
});

export const fleetDefaults = {
  topology: "split",
  publicUrl: null,
  replicasMax: 8,
  usdPerHourMax: 25,
  spot: "prefer",
  gpus: [],
  regions: [],
  keepOnExit: false,
  modelSlots: 0,
  vramGb: null,
  calmMs: 5_000,
} as const satisfies z.input<typeof fleetSchema>;

export const phaseSecondsDefaults = {
  requested: defaultPhaseDeadlines.requested / 1000,
  provisioning: defaultPhaseDeadlines.provisioning / 1000,
  pulling_image: defaultPhaseDeadlines.pulling_image / 1000,
  booting: defaultPhaseDeadlines.booting / 1000,
  pulling_model: defaultPhaseDeadlines.pulling_model / 1000,
  loading: defaultPhaseDeadlines.loading / 1000,
  canary: defaultPhaseDeadlines.canary / 1000,
} satisfies z.input<typeof phaseSecondsSchema>;
