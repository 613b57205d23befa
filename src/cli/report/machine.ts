import type { MachineView, ReplicaView } from "../../contract/fleet.ts";

/** Machines, money and ages in words. */

const dollars = new Intl.NumberFormat("en-US", {
  ...{ style: "currency", currency: "USD" },
  ...{ minimumFractionDigits: 2, maximumFractionDigits: 3 },
});
const cents = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });

/** `$1.50`; what is less than a cent says so. */
export const usdText = (usd: number): string =>
  usd > 0 && usd < 0.01 ? "<$0.01" : cents.format(usd);

/** `$0.75/h`, `$0.049/h`, `unpriced`; null where nobody charges. */
export function priceText({ usdPerHour }: Pick<MachineView, "usdPerHour">): string | null {
  if (usdPerHour === null) return null;
  return typeof usdPerHour === "number" ? `${dollars.format(usdPerHour)}/h` : usdPerHour;
}

/** `2 x L40S spot FIN-03 $1.50/h`; `CPU` where there is no GPU. */
export function machineText(machine: MachineView): string {
  const { gpu, gpus, region, spot } = machine;
  const hardware = gpu === null ? "CPU" : gpus > 1 ? `${gpus} x ${gpu}` : gpu;
  const parts = [hardware, spot ? "spot" : null, region, priceText(machine)];
  return parts.filter((part) => part !== null && part !== "").join(" ");
}

/** `3.1 of 8.0 GB`: both ends in the unit of the whole. */
export function pullText({ doneBytes, totalBytes }: NonNullable<ReplicaView["pull"]>): string {
  const [unit, size] = totalBytes >= 1e9 ? (["GB", 1e9] as const) : (["MB", 1e6] as const);
  return `${(doneBytes / size).toFixed(1)} of ${(totalBytes / size).toFixed(1)} ${unit}`;
}

/** `40 s`, `12 min`, `5 h`, `3 d`: as fine as an age needs to be. */
export function ageText(iso: string, nowMs: number): string {
  const seconds = Math.max(0, Math.floor((nowMs - Date.parse(iso)) / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}
