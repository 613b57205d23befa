/** A machine that the stub rents out. Prices are of the whole row, in dollars an hour. */
export interface StubMachine {
  readonly name: string;
  readonly size: number;
  /** null: it stands in no price list. */
  readonly usd: number | null;
  readonly spotUsd: number | null;
  readonly vramGb: number;
  readonly isAvailable: boolean;
  /** The size counts cores. */
  readonly isCpu?: boolean;
}

const machine = (
  name: string,
  size: number,
  vramGb: number,
  usd: number | null,
  spotUsd: number | null,
  isAvailable = true,
): StubMachine => ({ name, size, vramGb, usd, spotUsd, isAvailable });

/** Prices as they were in August 2026; rows are rounded by themselves. */
export const stubMachines: readonly StubMachine[] = [
  machine("L40S", 1, 48, 1.51, 0.75),
  machine("L40S", 2, 96, 3.02, 1.51),
  machine("H100", 1, 80, 3.58, 1.79),
  machine("H100", 4, 320, 14.32, 7.16, false),
  machine("H200", 1, 141, 4.4, 2.2),
  machine("RTX PRO 6000", 1, 96, 2.08, 1.04),
  machine("RTX PRO 6000", 8, 768, 16.63, 8.31),
  machine("A100 80GB", 1, 80, null, null, false),
  machine("RTX 6000 Ada", 1, 48, null, null),
  { ...machine("CPU", 8, 0, 0.06, 0.03), isCpu: true },
];

export const resourceRow = ({ name, size, isAvailable }: StubMachine) => ({
  name,
  size,
  is_available: isAvailable,
});

/** Null for a machine without a price: the price list does not hold it. */
export function typeRow(stub: StubMachine, number: (value: number) => number | string) {
  if (stub.usd === null) return null;
  return {
    id: `type-${stub.name}-${stub.size}`,
    model: stub.name,
    // The name to show is another one than that of the resource.
    name: `${stub.name} ${stub.vramGb}GB`,
    instance_type: `${stub.size}${stub.name}.22V`,
    cpu: { description: "cores", number_of_cores: stub.isCpu ? stub.size : 22 * stub.size },
    gpu: { description: stub.name, number_of_gpus: stub.isCpu ? 0 : stub.size },
    gpu_memory: { description: "memory", size_in_gigabytes: stub.vramGb },
    memory: { description: "memory", size_in_gigabytes: 187 },
    serverless_price: number(stub.usd),
    serverless_spot_price: stub.spotUsd === null ? null : number(stub.spotUsd),
    currency: "usd",
    manufacturer: "NVIDIA",
  };
}
