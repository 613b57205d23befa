import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { AppError } from "../errors/app-error.ts";
import { placeOf } from "./locate.ts";
import { filesSource, type PackFiles } from "./pack-files.ts";
import { builtInPacksDir, readPackFolder, readPackFrom } from "./read-pack.ts";

const folder = (name: string): Promise<PackFiles> =>
  readPackFolder(join(builtInPacksDir(), name)).then(({ files }) => files);

/** What is wrong with the pack once this text of the file is another one, each as the text of its line. */
async function linesOf(
  pack: string,
  file: string,
  [from, to]: readonly [string, string],
): Promise<(string | null)[]> {
  const files = await folder(pack);
  const text = files[file] ?? "";
  expect(text).toContain(from);
  const broken = { ...files, [file]: text.replace(from, to) };
  const error = await readPackFrom(filesSource(broken)).catch((caught) => caught);
  if (!(error instanceof AppError)) throw new Error("nothing was found wrong");
  return (error.errors ?? []).map((problem) => {
    const { file: where, line } = placeOf(broken, problem);
    return line === null ? null : `${where}: ${broken[where]?.split("\n")[line - 1]?.trim()}`;
  });
}

describe("the place of a problem", () => {
  it("is the line of its key in the manifest", async () => {
    expect(
      await linesOf("pitch-deck", "pack.yaml", ["    weight: 30", "    weight: many"]),
    ).toEqual(["pack.yaml: weight: many"]);
  });

  it("is the line that YAML and JSON stumble over", async () => {
    expect(
      await linesOf("scientific-paper", "fields/study.yaml", [
        "    required: true",
        "    required: [true",
      ]),
    ).toEqual([expect.stringContaining("fields/study.yaml: ")]);
    const [place] = await linesOf("pitch-deck", "schemas/specialised.json", ["{", "{,"]);
    expect(place).toMatch(/^schemas\/specialised\.json: \{,/);
  });

  it("is the line of a slot that nobody fills, and of a question's id that stands there twice", async () => {
    expect(
      await linesOf("pitch-deck", "prompts/clinical.md", ["{{slides}}", "{{slidse}}"]),
    ).toEqual([expect.stringContaining("{{slidse}}")]);
    expect(
      await linesOf("pitch-deck", "templates/general.yaml", ["name: general", "name: generic"]),
    ).toContain("templates/general.yaml: name: generic");
  });

  it("is the file alone where there is no line", async () => {
    const files = await folder("pitch-deck");
    const place = placeOf(files, { path: "prompts/clinical.md", message: "is empty" });
    expect(place).toEqual({ file: "prompts/clinical.md", line: null });
    expect(placeOf({}, { path: "pack.yaml: tasks[0].name", message: "" }).line).toBeNull();
  });
});
