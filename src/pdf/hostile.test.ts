import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { AppError } from "../errors/app-error.ts";
import { isDocumentError } from "../errors/codes.ts";
import { defaultPdfLimits, openPdf } from "./index.ts";

const folder = fileURLToPath(new URL("../../../shared/data/hostile/", import.meta.url));
const sharedDataPresent = existsSync(folder);

interface Odd {
  readonly file: string;
  readonly expect: string;
}
const odd: Odd[] = sharedDataPresent
  ? JSON.parse(readFileSync(`${folder}expect.json`, "utf8"))
  : [{ file: "odd files are not here", expect: "either" }];

// Longer to open than by default, since several readers start at once here.
const limits = { ...defaultPdfLimits, openMs: 25_000, pageMs: 4000 };

/** `accept N`, or the code of the refusal. A page that fails is counted beside the pages. */
async function outcomeOf(
  file: string,
): Promise<{ pages: number; failed: string[]; refused: string }> {
  try {
    const document = await openPdf(file, limits);
    const failed: string[] = [];
    try {
      for (let page = 1; page <= Math.min(2, document.pages); page += 1) {
        await document.render(page, 600).catch((error) => failed.push(codeOf(error)));
      }
    } finally {
      await document.close();
    }
    return { pages: document.pages, failed, refused: "" };
  } catch (error) {
    return { pages: 0, failed: [], refused: codeOf(error) };
  }
}

const codeOf = (error: unknown): string => {
  if (error instanceof AppError) return error.code;
  throw error;
};

/** The refusals each wording of the list asks for. */
const refusals: readonly (readonly [RegExp, string])[] = [
  [/empty/, "EMPTY_FILE"],
  [/not a PDF/, "NOT_A_PDF"],
  [/password|reject without/, "PDF_ENCRYPTED"],
  [/damaged/, "PDF_DAMAGED"],
  [/too many pages/, "PDF_TOO_MANY_PAGES"],
  [/page too large/, "PAGE_TOO_LARGE"],
];

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
  it.skipIf(!sharedDataPresent).each(odd)("$file: $expect", async (entry) => {
    const { pages, failed, refused } = await outcomeOf(`${folder}${entry.file}`);
    if (refused !== "") expect(isDocumentError(refused as never)).toBe(true);
    for (const code of failed) expect(["RENDER_FAILED", "PDF_TIMEOUT"]).toContain(code);

    const mayRefuse = /reject|either|timeout/.test(entry.expect);
    const mustRefuse = /^reject(?!, or| or| cleanly)/.test(entry.expect);
    if (mustRefuse) expect(refused).not.toBe("");
    if (!mayRefuse) expect(refused).toBe("");
    const wanted = refusals.find(([wording]) => wording.test(entry.expect));
    if (mustRefuse && wanted !== undefined) expect(refused).toBe(wanted[1]);
    const count = /^accept (\d+) pages?\b/.exec(entry.expect)?.[1];
    if (refused === "" && count !== undefined) expect(pages).toBe(Number(count));
  });
});
