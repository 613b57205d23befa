/** `1 task`, `2 tasks`. */
export const count = (many: number, noun: string): string =>
  `${many} ${noun}${many === 1 ? "" : "s"}`;

/** Milliseconds as whole seconds for a sentence: `6 s`. */
export const seconds = (ms: number): string => `${Math.max(0, Math.round(ms / 1_000))} s`;

/** The verb of a start before there is work for it. */
export const earlyVerb = "started early";

/** Whether the stored sentence of a start says that it was an early one. */
export const tellsEarlyStart = (sentence: string): boolean => sentence.includes(` ${earlyVerb}: `);
