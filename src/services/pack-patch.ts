import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";

/** Lines that may differ until two texts count as unlike: what is looked for grows with its square, and all wait. */
const editMax = 500;

/** A unified diff; of texts that have little in common all of both. */
export function patchOf(
  path: string,
  [old, young]: readonly [string, string],
  { from, to }: { from: number; to: number },
): string {
  const heads = [`version ${from}`, `version ${to}`] as const;
  const options = { context: 3, headerOptions: FILE_HEADERS_ONLY, maxEditLength: editMax };
  const patch = createTwoFilesPatch(path, path, old, young, ...heads, options);
  if (patch !== undefined) return patch;
  const [before, after] = [linesOf(old), linesOf(young)];
  return [
    ...[`--- ${path}\t${heads[0]}`, `+++ ${path}\t${heads[1]}`],
    `@@ -1,${before.length} +1,${after.length} @@`,
    ...before.map((line) => `-${line}`),
    ...after.map((line) => `+${line}`),
    "",
  ].join("\n");
}

const linesOf = (text: string): string[] => text.replace(/\n$/, "").split("\n");
