import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { builtInPacksDir, readPack } from "./read-pack.ts";

const committed = join(builtInPacksDir(), "pitch-deck");
let home: string;
let folder: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "pack-"));
  folder = join(home, "a pack");
  await cp(committed, folder, { recursive: true });
});
afterEach(() => rm(home, { recursive: true, force: true }));

async function edit(file: string, from: string | RegExp, to: string): Promise<void> {
  const path = join(folder, file);
  const before = await readFile(path, "utf8");
  const after = before.replace(from, to);
  expect(after, `${String(from)} stands in ${file}`).not.toBe(before);
  await writeFile(path, after);
}

const refusal = async (): Promise<string> =>
  await readPack(folder).then(
    () => "accepted",
    (error: { code: string; detail: string }) => `${error.code} ${error.detail}`,
  );

const manifest = "pack.yaml";
const template = "templates/general.yaml";
const sectorTemplate = "templates/diagnostics_devices.yaml";

describe("readPack refuses", () => {
  test.each<[string, string, string | RegExp, string, string]>([
    [
      "an unknown key of a task",
      manifest,
      "stall_seconds:",
      "stal_seconds:",
      "pack.yaml: tasks[0].stal_seconds: unknown key (did you mean stall_seconds?)",
    ],
    [
      "an unknown key at the top",
      manifest,
      "limits:",
      "limit:",
      "pack.yaml: limit: unknown key (did you mean limits?)",
    ],
    [
      "an unknown key of a limit",
      manifest,
      "slides_max: 300",
      "slides_max: 300\n  pages: 3",
      "pack.yaml: limits.pages: unknown key",
    ],
    [
      "an unknown stage",
      manifest,
      "  vision:\n    needs",
      "  vison:\n    needs",
      "pack.yaml: models.vison: unknown key (did you mean vision?)",
    ],
    [
      "a model too small for its stage",
      manifest,
      "vram_gib: 11, context_tokens: 4096",
      "vram_gib: 11, context_tokens: 2048",
      "pack.yaml: models.vision.candidates[0].context_tokens: is below the 4096 that the stage needs",
    ],
    [
      "an unknown key of a question",
      template,
      "weak: No price.",
      "week: No price.",
      "templates/general.yaml: chapters[3].questions[1].week: unknown key (did you mean weak?)",
    ],
    ["a forgotten after", manifest, "    after: null\n", "", "pack.yaml: tasks[0].after: "],
    [
      "weights that do not make 100",
      manifest,
      "weight: 30",
      "weight: 31",
      "pack.yaml: tasks: the weights make 101, they must make 100",
    ],
    ["an unknown pool", manifest, "pool: text", "pool: words", "pack.yaml: tasks[2].pool: "],
    [
      "a dependency nobody declares",
      manifest,
      "after: visual_analysis",
      "after: visual_analysys",
      "pack.yaml: tasks[2].after: no task visual_analysys (did you mean visual_analysis?)",
    ],
    [
      "tasks that wait for each other",
      manifest,
      "after: null",
      "after: specialized_clinical",
      "pack.yaml: tasks: these wait for each other: visual_analysis, extractions_and_template, specialized_clinical",
    ],
    [
      "a task that waits for itself",
      manifest,
      "after: visual_analysis",
      "after: extractions_and_template",
      "these wait for each other: extractions_and_template",
    ],
    [
      "a layer that does not rise",
      manifest,
      "layer: 3",
      "layer: 1",
      "pack.yaml: tasks[2].layer: must be above 1, the layer of visual_analysis",
    ],
    [
      "two tasks of one name",
      manifest,
      "name: slide_feedback",
      "name: visual_analysis",
      "pack.yaml: tasks[1].name: visual_analysis is declared twice",
    ],
    [
      "a result of a task it does not wait for",
      manifest,
      "upstream: [extractions_and_template]",
      "upstream: [slide_feedback]",
      "pack.yaml: tasks[3].upstream: specialized_clinical does not wait for slide_feedback",
    ],
    [
      "a handoff from nobody",
      manifest,
      "    each: slide\n",
      "",
      "pack.yaml: tasks[2].needs_handoff: extractions_and_template waits for no task that reads slides",
    ],
    [
      "a prompt that is not there",
      manifest,
      "[see_slide]",
      "[see_slides]",
      "pack.yaml: tasks[0].prompts: prompts/see_slides.md: there is no such file",
    ],
    [
      "a schema that is not there",
      manifest,
      "[slide_analysis]",
      "[slides]",
      "pack.yaml: tasks[0].schemas: schemas/slides.json: there is no such file",
    ],
    [
      "a template that is not there",
      manifest,
      "template: general",
      "template: other",
      "pack.yaml: tasks[2].template: templates/other.yaml: there is no such file",
    ],
    [
      "a prompt outside its folder",
      manifest,
      "[see_slide]",
      '["../see_slide"]',
      "pack.yaml: tasks[0].prompts[0]: must be lower case letters",
    ],
    [
      "a slot nobody fills",
      "prompts/see_slide.md",
      "{{slides}}",
      "{{slidez}}",
      "prompts/see_slide.md: {{slidez}}: visual_analysis fills no such slot (did you mean slide?)",
    ],
    [
      "a slot with blanks",
      "prompts/clinical.md",
      "{{slides}}",
      "{{ slides }}",
      "prompts/clinical.md: {{ slides }}: specialized_clinical fills no such slot (did you mean slides?)",
    ],
    [
      "the deck where one slide is asked about",
      "prompts/see_slide.md",
      "{{slide}}",
      "{{deck}}",
      "prompts/see_slide.md: {{deck}}: visual_analysis fills no such slot",
    ],
    [
      "a prompt without the deck",
      "prompts/science.md",
      "{{deck}}",
      "",
      "prompts/science.md: {{deck}}: is missing, so specialized_science would answer without the deck",
    ],
    [
      "a template whose questions are not asked",
      "prompts/template_chapter.md",
      "{{questions}}",
      "",
      "extractions_and_template.template: no prompt of the task has {{questions}}",
    ],
    [
      "an empty prompt",
      "prompts/slide_feedback.md",
      /[\s\S]*/,
      "\n",
      "prompts/slide_feedback.md: is empty",
    ],
    [
      "a schema that is not JSON",
      "schemas/specialised.json",
      "{",
      "",
      "schemas/specialised.json: ",
    ],
    [
      "a schema of a list",
      "schemas/specialised.json",
      /[\s\S]*/,
      "[]",
      "schemas/specialised.json: must be a JSON object",
    ],
    [
      "a string without bound",
      "schemas/slide_analysis.json",
      /,\s*"maxLength": 6000/,
      "",
      "schemas/slide_analysis.json: properties.text: a string needs maxLength, at most 20000",
    ],
    [
      "a bound that bounds nothing",
      "schemas/slide_analysis.json",
      "6000",
      "60000",
      "properties.text: a string needs maxLength, at most 20000",
    ],
    [
      "an array without bound",
      "schemas/extractions.json",
      /"maxItems": \d+,/,
      "",
      "an array needs maxItems, at most 1900",
    ],
    [
      "an object that is open",
      "schemas/template_chapter.json",
      '"additionalProperties": false',
      '"additionalProperties": true',
      "an object needs additionalProperties: false",
    ],
    [
      "a template under another name",
      template,
      "name: general",
      "name: special",
      "templates/general.yaml: name: must be general, as the file is called",
    ],
    [
      "two questions of one id",
      template,
      "id: P2",
      "id: P1",
      "templates/general.yaml: P1: this id stands there twice",
    ],
    [
      "a template for special cases that says none",
      sectorTemplate,
      "for: { sector: diagnostics_devices }\n",
      "",
      "templates/diagnostics_devices.yaml: for: is missing, so it would never be used",
    ],
    [
      "a template that adds to one the task does not have",
      sectorTemplate,
      "extends: general",
      "extends: special",
      "templates/diagnostics_devices.yaml: extends: must be general, the template of",
    ],
    [
      "a question that the extended template has as well",
      sectorTemplate,
      "id: X1",
      "id: P1",
      "templates/diagnostics_devices.yaml: P1: general has a question of this id",
    ],
    [
      "a fallback that extends another template",
      template,
      "title: Investment template",
      "title: Investment template\nextends: diagnostics_devices",
      "templates/general.yaml: extends: extractions_and_template uses it as it stands",
    ],
    ["a manifest that is not YAML", manifest, "limits:", "limits: [", "pack.yaml: line "],
    [
      "a key that stands there twice",
      manifest,
      "version: 1",
      "version: 1\nversion: 2",
      "pack.yaml: line ",
    ],
    ["an empty manifest", manifest, /[\s\S]*/, "", "pack.yaml: "],
    ["no tasks", manifest, /\ntasks:[\s\S]*/, "\ntasks: []\n", "pack.yaml: tasks: "],
  ])("%s", async (_title, file, from, to, message) => {
    await edit(file, from, to);
    const said = await refusal();
    expect(said).toMatch(/^PACK_INVALID /);
    expect(said).toContain(message);
  });

  test("more than 63 tasks", async () => {
    const task = (n: number) =>
      `  - {name: t${n}, layer: 1, after: null, weight: ${100 / 64}, pool: text, timeout_seconds: 1, stall_seconds: 1, prompts: [], schemas: []}`;
    const tasks = Array.from({ length: 64 }, (_, n) => task(n)).join("\n");
    await edit(manifest, /\ntasks:[\s\S]*/, `\ntasks:\n${tasks}\n`);
    expect(await refusal()).toBe("PACK_INVALID pack.yaml: tasks: a pack has at most 63 tasks");
  });

  test("a file too large to travel in every lease", async () => {
    await writeFile(join(folder, "prompts/science.md"), "x".repeat(300_000));
    expect(await refusal()).toContain("prompts/science.md: is larger than 256 kB");
  });

  test("a schema part that allows anything, and an array of anything", async () => {
    const file = join(folder, "schemas/slide_analysis.json");
    const schema = JSON.parse(await readFile(file, "utf8"));
    const list = { type: "array", maxItems: 3 };
    const free = { a: {}, b: true, c: { anyOf: [{ type: "null" }, {}] }, d: list };
    // What stands around it has a type already.
    const fine = { type: "number", anyOf: [{ minimum: 3 }, { multipleOf: 2 }] };
    const properties = { ...schema.properties, ...free, fine };
    await writeFile(file, JSON.stringify({ ...schema, properties }));
    const said = (await refusal()).match(/(?<=slide_analysis\.json: properties\.)\S+(?=:)/g);
    expect(said).toEqual(["a", "b", "c.anyOf[1]", "d"]);
  });

  test("a prompt that is a link out of the folder, and none that stays in it", async () => {
    const prompt = join(folder, "prompts/science.md");
    await rm(prompt);
    await writeFile(join(home, "secret"), "Not of the pack {{deck}}");
    await symlink(join(home, "secret"), prompt);
    expect(await refusal()).toBe(
      "PACK_INVALID pack.yaml: tasks[5].prompts: prompts/science.md: is a link that leads out of the pack's folder",
    );
    await rm(prompt);
    await symlink("clinical.md", prompt);
    expect(await refusal()).toBe("accepted");
  });

  test("a prompt that is no text", async () => {
    await writeFile(join(folder, "prompts/science.md"), Buffer.from([0x7b, 0xff, 0xfe, 0x00]));
    expect(await refusal()).toBe("PACK_INVALID prompts/science.md: is not text in UTF-8");
  });

  test("several faults at once, and tells them all", async () => {
    await edit(manifest, "weight: 30", "weight: 31");
    await edit("prompts/clinical.md", "{{deck}}", "");
    await rm(join(folder, "prompts/see_slide.md"));
    const lines = (await refusal()).split("\n");
    expect(lines).toHaveLength(3);
  });

  test("a folder without a manifest, and no folder at all", async () => {
    await mkdir(join(home, "empty"));
    folder = join(home, "empty");
    expect(await refusal()).toBe("PACK_INVALID pack.yaml: there is no such file");
    folder = join(home, "absent");
    expect(await refusal()).toBe("PACK_NOT_FOUND No folder absent.");
  });
});

describe("the content hash", () => {
  test("stays the same in another folder, with other line ends and another key order", async () => {
    const before = await readPack(committed);
    await edit("prompts/science.md", /\n/g, "\r\n");
    await edit(manifest, /^(name: .*)\n(version: .*)$/m, "$2\n$1");
    expect((await readPack(folder)).contentHash).toBe(before.contentHash);
  });

  test.each([
    ["a prompt", "prompts/science.md", "hypothesis", "idea"],
    ["a bound", "schemas/specialised.json", "700", "701"],
    ["a question", template, "Who has the problem", "Who had the problem"],
    ["a limit", manifest, "slides_max: 300", "slides_max: 299"],
    ["a time", manifest, "stall_seconds: 180", "stall_seconds: 181"],
  ])("changes with %s", async (_title, file, from, to) => {
    const before = await readPack(folder);
    await edit(file, from, to);
    expect((await readPack(folder)).contentHash).not.toBe(before.contentHash);
  });

  test("is not changed by a file that no task names", async () => {
    const before = await readPack(folder);
    await writeFile(join(folder, "prompts/notes.md"), "for people");
    expect((await readPack(folder)).contentHash).toBe(before.contentHash);
  });
});
