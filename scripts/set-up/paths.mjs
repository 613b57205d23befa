import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** Lock, stamps and half-made builds of the set-up. */
export const workshop = join(root, ".setup");
export const modules = join(root, "node_modules");
export const dist = join(root, "dist");

/** Everything the set-up says goes here: standard output belongs to the command. */
export const say = (line) => process.stderr.write(`${line}\n`);

/** A failure a person can mend: its message is all they need to see. */
export class SetUpError extends Error {}
