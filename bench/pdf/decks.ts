import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folders = [join(root, "examples"), join(root, "../shared/data/decks")];

/** Decks to measure on: those of the repository, and real ones when they lie beside it. */
export const deckFiles = (): string[] =>
  folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => name.endsWith(".pdf"))
        .sort()
        .map((name) => join(folder, name)),
    );
