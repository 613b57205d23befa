import type { Price } from "../provider.ts";
import type { ComputeResource, ContainerType } from "./schemas.ts";

/**
 * What can be rented: each resource on demand and as spot. Its price stands in another list, found
 * by model and size, and is that of the whole row: the API rounds each row by itself, so nothing is
 * multiplied here. A resource without a row, or with a price in another currency, is unpriced.
 * Machines without a GPU are left out.
 */
export function pricesOf(
  resources: readonly ComputeResource[],
  types: readonly ContainerType[],
  region: string | null,
): Price[] {
  const rows = new Map(types.map((type) => [keyOf(type.model ?? "", unitsOf(type)), type]));
  const seen = new Set<string>();
  return resources.flatMap((resource) => {
    const key = keyOf(resource.name, resource.size);
    const row = rows.get(key);
    if (seen.has(key) || hasNoGpu(resource, row)) return [];
    seen.add(key);
    return [false, true].map((spot) => priceOf(resource, row, spot, region));
  });
}

const keyOf = (model: string, size: number): string => `${model} ${size}`;

const unitsOf = ({ gpu, cpu }: ContainerType): number =>
  gpu?.number_of_gpus || (cpu?.number_of_cores ?? 0);

/** The size of a machine without GPUs counts its cores. */
const hasNoGpu = ({ name }: ComputeResource, row: ContainerType | undefined): boolean =>
  row === undefined ? /^cpu\b/i.test(name) : !row.gpu?.number_of_gpus;

function priceOf(
  { name, size, is_available }: ComputeResource,
  row: ContainerType | undefined,
  spot: boolean,
  region: string | null,
): Price {
  return {
    gpu: name,
    gpus: size,
    region,
    spot,
    vramGb: row?.gpu_memory?.size_in_gigabytes || null,
    microUsdPerHour: microUsdOf(row, spot),
    isAvailable: is_available ?? null,
  };
}

function microUsdOf(row: ContainerType | undefined, spot: boolean): number | "unpriced" {
  const usd = spot ? row?.serverless_spot_price : row?.serverless_price;
  if (!usd || usd < 0 || (row?.currency ?? "usd").toLowerCase() !== "usd") return "unpriced";
  return Math.round(usd * 1_000_000) || "unpriced";
}
