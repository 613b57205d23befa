import type { Sql } from "../../src/db/connect.ts";
import { seededRandom } from "../../src/lib/random.ts";
import { actions } from "./actions.ts";
import { newWorld } from "./begin.ts";
import type { ModelPack } from "./shapes.ts";
import { compare } from "./stored.ts";
import { Chance, setClock, type World } from "./world.ts";

/** A step by its kind and the seed of all its choices: any part of a story is a story. */
export interface Step {
  readonly kind: string;
  readonly seed: number;
}

export const storyText = (story: readonly Step[]): string =>
  story.map(({ kind, seed }) => `${kind}:${seed}`).join(" ");

export const storyOf = (text: string): Step[] =>
  text
    .split(" ")
    .filter((word) => word !== "")
    .map((word) => ({ kind: word.split(":")[0] ?? "", seed: Number(word.split(":")[1]) }));

/** The story of a seed: kinds by their weights. */
export function inventStory(seed: number, length: number): Step[] {
  const random = seededRandom(seed);
  const kinds = Object.entries(actions).flatMap(([kind, { weight }]) =>
    Array.from({ length: weight }, () => kind),
  );
  return Array.from({ length }, () => ({
    kind: kinds[Math.floor(random.next() * kinds.length)] ?? "",
    seed: Math.floor(random.next() * 2 ** 31),
  }));
}

export interface Lived {
  readonly world: World;
  /** What each step did. */
  readonly told: readonly string[];
  /** Of the last step, when database and model part there. */
  readonly difference: string | null;
}

/** Lives a story in an emptied queue, comparing after every step, to the first difference. */
export async function live(
  sql: Sql,
  packs: readonly ModelPack[],
  story: readonly Step[],
  see: (world: World) => void = () => {},
): Promise<Lived> {
  const world = await newWorld(sql, packs);
  const told: string[] = [];
  let lastEvent = 0;
  try {
    lastEvent = await compare(sql, world.model, lastEvent);
    for (const { kind, seed } of story) {
      world.model.beginStep();
      world.chance = new Chance(seed);
      world.doing = "";
      told.push(kind);
      // Not awaited: it goes ahead of the action on the same connection.
      const ticked = setClock(world, world.model.nowMs + 1);
      const what = await actions[kind]?.act(world);
      await ticked;
      told.splice(-1, 1, `${kind}: ${what}`);
      lastEvent = await compare(sql, world.model, lastEvent);
      see(world);
    }
  } catch (error) {
    told.push(`${told.pop()} ${world.doing}`);
    return { world, told, difference: error instanceof Error ? error.message : String(error) };
  }
  return { world, told, difference: null };
}

/** Leaves steps out, half of them at first, as long as it still goes wrong; at most `triesMax` lives. */
export async function minimise(
  story: readonly Step[],
  goesWrong: (story: readonly Step[]) => Promise<boolean>,
  triesMax = 200,
): Promise<Step[]> {
  let best = [...story];
  let tries = 0;
  for (
    let size = Math.ceil(best.length / 2);
    size >= 1;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  ) {
    for (let at = 0; at < best.length && tries < triesMax; tries += 1) {
      const without = [...best.slice(0, at), ...best.slice(at + size)];
      if (await goesWrong(without)) best = without;
      else at += size;
    }
  }
  return best;
}

/** What a person needs who meets a difference: where, how to see it again, and the last steps in words. */
export async function reportOf(
  sql: Sql,
  packs: readonly ModelPack[],
  story: readonly Step[],
  { told, difference }: Lived,
): Promise<string> {
  const least = await minimise(
    story.slice(0, told.length),
    async (part) => (await live(sql, packs, part)).difference !== null,
  );
  const again = await live(sql, packs, least);
  const lines = again.told.map((line, n) => `  ${n + 1}. ${line}`);
  return [
    `step ${told.length}: ${difference}`,
    `the shortest story found ends with: ${again.difference}`,
    ...lines,
    `npm run test:model -- --story "${storyText(least)}"`,
  ].join("\n");
}
