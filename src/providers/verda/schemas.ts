import { z } from "zod";

/*
 * What the API answers. Words of a status are open, unknown keys pass, numbers may come as strings,
 * and what the documents and the clients of the API disagree about may be missing.
 */

const number = z
  .union([z.number(), z.string().trim().min(1)])
  .transform(Number)
  .pipe(z.number());
const text = z.union([z.string(), z.number()]).transform(String);

export const tokenAnswer = z.looseObject({
  access_token: z.string().min(1),
  expires_in: number.default(3_600),
});

const delay = z.looseObject({ delay_seconds: number.nullish() }).nullish();

export const scalingAnswer = z
  .looseObject({
    min_replica_count: number.nullish(),
    max_replica_count: number.nullish(),
    scale_down_policy: delay,
    scale_up_policy: delay,
  })
  .nullish();
export type ScalingAnswer = z.output<typeof scalingAnswer>;

const envVariable = z.looseObject({
  type: z.string(),
  name: z.string(),
  value_or_reference_to_secret: z.string().nullish(),
});
export type EnvAnswer = z.output<typeof envVariable>;

/** Grouped by container, or a flat list: both are told of. */
export const envAnswer = z
  .array(
    z.union([
      z.looseObject({ container_name: z.string(), env: z.array(envVariable) }),
      envVariable,
    ]),
  )
  .transform((rows): EnvAnswer[] =>
    rows.flatMap((row) => ("env" in row ? (row.env as EnvAnswer[]) : [row as EnvAnswer])),
  );

const image = z
  .union([z.string(), z.looseObject({ image: z.string() }).transform((told) => told.image)])
  .nullish();

export const deploymentAnswer = z.looseObject({
  name: z.string(),
  is_spot: z.boolean().nullish(),
  compute: z.looseObject({ name: z.string(), size: number }).nullish(),
  containers: z
    .array(
      z.looseObject({ name: z.string().nullish(), image, env: z.array(envVariable).nullish() }),
    )
    .nullish(),
  scaling: scalingAnswer,
});
export type DeploymentAnswer = z.output<typeof deploymentAnswer>;

/** Rows of others may look as they like. */
export const deploymentsAnswer = z.array(z.looseObject({ name: z.string() }));

export const statusAnswer = z.looseObject({ status: z.string().nullish() });

const replica = z.looseObject({
  id: text,
  status: z.string().nullish(),
  started_at: z.string().nullish(),
});
export type ReplicaAnswer = z.output<typeof replica>;
export const replicasAnswer = z.looseObject({ list: z.array(replica) });

export const namesAnswer = z.array(z.looseObject({ name: z.string() }));

/** Of a kind of machine, in whole: GPUs together and cores together. */
export const containerTypesAnswer = z.array(
  z.looseObject({
    model: z.string().nullish(),
    gpu: z.looseObject({ number_of_gpus: number.nullish() }).nullish(),
    cpu: z.looseObject({ number_of_cores: number.nullish() }).nullish(),
    gpu_memory: z.looseObject({ size_in_gigabytes: number.nullish() }).nullish(),
    // A price that cannot be read is none.
    serverless_price: number.nullish().catch(null),
    serverless_spot_price: number.nullish().catch(null),
    currency: z.string().nullish(),
  }),
);
export type ContainerType = z.output<typeof containerTypesAnswer>[number];

export const computeResourcesAnswer = z.array(
  z.looseObject({ name: z.string(), size: number, is_available: z.boolean().nullish() }),
);
export type ComputeResource = z.output<typeof computeResourcesAnswer>[number];
