import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deckOf } from "../../../test/support/decks.ts";
import { type Home, makeHome } from "../../../test/support/home.ts";
import {
  hasLlama,
  type LlamaServer,
  llamaModelFile,
  startLlama,
} from "../../../test/support/llama.ts";
import { writeToyPack } from "../../../test/support/toy-pack.ts";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));
const loader = fileURLToPath(import.meta.resolve("tsx"));
const quote = "Northwind Cardio watches the heart";

// Needs `npm run test:llama` once, and the model in ../shared/data/models.
describe.skipIf(!hasLlama)("a prompt's way in, on a real llama.cpp", { timeout: 400_000 }, () => {
  let server: LlamaServer;
  let home: Home;
  const at = (name: string): string => join(home.dir, name);
  beforeAll(async () => {
    server = await startLlama({ contextTokens: 4_096 });
    home = await makeHome();
    await mkdir(at("decks"));
    const texts = [`${quote}\nPatients wear a patch`, "The team\nTwo cardiologists and a nurse"];
    await writeFile(at("decks/northwind.pdf"), await deckOf(texts));
    const truth = { file: "northwind.pdf", startup_name: "Northwind Cardio", deck_date: null };
    await writeFile(at("decks/truth.json"), JSON.stringify([{ ...truth, is_healthcare: true }]));
    await writeToyPack(at("now"), { name: "Northwind Cardio", quote });
  }, 120_000);
  afterAll(async () => {
    await server?.stop();
    await home?.remove();
  });

  async function evaluate(pack: string, ...more: string[]) {
    const given = ["--decks", "decks", "--engine", "openai", "--gpu", "L40S", "--jobs", "1"];
    const which = ["--model", `extractive+${llamaModelFile}`, "--pack", `./${pack}`];
    const goal = ["--goal", "name=1,failed=0,grounding=1"];
    const child = spawn(
      process.execPath,
      ["--import", loader, main, "eval", ...given, ...which, ...goal, ...more],
      { cwd: home.dir, env: home.env({ PILOTLIGHT_OPENAI_URL: server.url }) },
    );
    const told = { out: "", said: "" };
    child.stdout.on("data", (chunk: Buffer) => {
      told.out += String(chunk);
    });
    child.stderr.on("data", (chunk: Buffer) => {
      told.said += String(chunk);
    });
    const [code] = (await once(child, "close")) as [number];
    return { code, ...told };
  }

  it("is measured in tokens, seconds, money and grounded quotes", async () => {
    const { code, out, said } = await evaluate("now", "--save", "base.json", "--json");
    expect(code, said + out).toBe(0);
    const [run] = JSON.parse(out).runs;
    expect(run.models).toEqual({ vision: null, text: llamaModelFile });
    expect(run.decks[0]).toMatchObject({ problems: [], fields: { name: { verdict: "right" } } });
    expect(run.decks[0].tokens.prompt).toBeGreaterThan(500);
    expect(run.decks[0].tokens.output).toBeGreaterThan(100);
    expect(run.figures.secondsPerDeck).toBeGreaterThan(0);
    expect(run.figures.grounding).toMatchObject({ share: 1 });
    expect(run.microUsdPerDeck).toBeGreaterThan(0);
  });

  it("opens for another prompt that answers as well, and stays shut for one that answers worse", async () => {
    await writeToyPack(at("next"), { name: "Northwind Cardio", quote });
    const prompt = at("next/prompts/extractions.md");
    await writeFile(prompt, `${await readFile(prompt, "utf8")}\nBe brief.\n`);
    await writeToyPack(at("worse"), { name: "Southwind", quote: "words that stand on no slide" });
    const files = ["--against", "base.json", "--html", "report.html"];
    const { code, out, said } = await evaluate("next,./worse", ...files);
    expect(code, said + out).toBe(3);
    // Side by side, each under the hash of its pack.
    const hashes = [...(out.split("\n")[0] ?? "").matchAll(/pitch-deck@1 (\w{8})/g)];
    expect(new Set(hashes.map(([, hash]) => hash)).size).toBe(2);
    const [next = "", worse = ""] = out.split(/against the base/).slice(1);
    expect(next).toContain("nothing regressed");
    expect(worse).toContain("name regressed: right before and not now in northwind.pdf.");
    expect(worse).toContain("Grounding regressed");
    expect(await readFile(at("report.html"), "utf8")).toContain("Readings of 1 deck");
  });
});
