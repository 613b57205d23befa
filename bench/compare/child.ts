import { comparisonsOf } from "./comparisons.ts";
import type { Options } from "./tournament.ts";
import type { Traffic } from "./traffic.ts";

/** One trace, in a process of its own: its parent sends it and gets the comparisons back. */
process.once("message", (message) => {
  const { traffic, options } = message as { traffic: Traffic; options: Options };
  process.send?.(comparisonsOf(traffic, options), () => process.disconnect());
});
