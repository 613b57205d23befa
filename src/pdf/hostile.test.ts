import { existsSync, readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import {
  complaintsOf,
  hostileDir,
  hostileFiles,
  isHostileDataHere,
} from "../../test/hostile/catalogue.ts";
import { readFileWith } from "../../test/hostile/read-file.ts";
import { isDocumentError } from "../errors/codes.ts";
import { defaultPdfLimits, openPdf } from "./index.ts";

const odd = isHostileDataHere
  ? hostileFiles()
  : [{ file: "odd files are not here", expect: "either" }];

// Longer to open than by default, since several readers start at once here.
const limits = { ...defaultPdfLimits, openMs: 25_000, pageMs: 4000 };
const reading = { pagesMax: 2, longEdgePixels: 600 };

/** Reader processes of this process that still run. */
function readersLeft(): string[] {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").trim();
  const commands = children.split(" ").map((pid) => `/proc/${pid}/cmdline`);
  return commands.filter(
    (file) => existsSync(file) && readFileSync(file, "utf8").includes("/pdf/child."),
  );
}

afterAll(() => {
  if (process.platform === "linux") expect(readersLeft()).toEqual([]);
});

describe.concurrent("odd and broken files", { timeout: 60_000 }, () => {
  it.skipIf(!isHostileDataHere).each(odd)("$file: $expect", async (entry) => {
    const open = (file: string) => openPdf(file, limits);
    const outcome = await readFileWith(open, `${hostileDir}${entry.file}`, reading);
    expect(complaintsOf(entry, outcome)).toEqual([]);
    if (outcome.refused !== "") expect(isDocumentError(outcome.refused as never)).toBe(true);
  });
});
