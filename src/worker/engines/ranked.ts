import type { Finding } from "../../contract/results.ts";

/** What is good comes before what is only worth a note. */
const order: readonly Finding["severity"][] = ["critical", "major", "minor", "praise", "note"];

/** The gravest first; equals keep their order. */
export const ranked = <T extends Finding>(findings: readonly T[]): T[] =>
  [...findings].sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
