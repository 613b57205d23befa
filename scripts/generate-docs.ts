import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { generatedFiles } from "./docs/generated.ts";

/**
 * Writes what follows from the sources: the configuration page, the error page, the description of
 * the API and the example file. With `--check` nothing is written; a difference ends with exit code 1.
 */
const root = fileURLToPath(new URL("..", import.meta.url));

function currentText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

for (const [name, text] of Object.entries(await generatedFiles())) {
  const file = `${root}/${name}`;
  if (currentText(file) === text) continue;
  if (process.argv.includes("--check")) {
    console.error(`${relative(root, file)} is out of date: run npx tsx scripts/generate-docs.ts`);
    process.exitCode = 1;
  } else {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    console.error(`wrote ${relative(root, file)}`);
  }
}
