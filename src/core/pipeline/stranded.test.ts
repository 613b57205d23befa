import { expect, it } from "vitest";
import { type ClassSupply, strandedReason } from "./stranded.ts";

const startable = {
  maxReplicas: { vision: 2, text: 0 },
  features: { vision: ["vision", "engine:extractive"], text: [] },
};
const supply = (given: Partial<ClassSupply> = {}): ClassSupply => ({
  pool: "vision",
  features: ["vision"],
  served: false,
  ...given,
});

it.each<[string, Partial<ClassSupply>, RegExp | null]>([
  ["a container could be started", {}, null],
  ["its pool is not configured", { pool: "audio" }, /no pool audio is configured/],
  ["its pool may have no container", { pool: "text", features: [] }, /text pool may have none/],
  ["no engine offers a feature", { features: ["vision", "vram:80"] }, /offers vram:80\.$/],
  ["a live container serves it, whatever could be started", { pool: "audio", served: true }, null],
])("says why a task is stranded: %s", (_title, given, expected) => {
  const reason = strandedReason(supply(given), startable);
  if (expected === null) expect(reason).toBeNull();
  else expect(reason).toMatch(expected);
});
