import { z } from "zod";
import { editsBetween, nearest } from "../lib/nearest.ts";
import { fileSchema, type SettingNotes } from "./schema.ts";

/** One setting of the schema: a leaf, by its dotted key. */
export interface Setting extends SettingNotes {
  readonly key: string;
}

type Shape = Readonly<Record<string, unknown>>;

const shapeOf = (node: unknown): Shape | undefined =>
  node instanceof z.ZodObject ? (node.shape as Shape) : undefined;

/** Every setting, in the order of the schema. */
export const settings: readonly Setting[] = leavesOf(fileSchema.shape, "");

function leavesOf(shape: Shape, prefix: string): Setting[] {
  return Object.entries(shape).flatMap(([name, node]) => {
    const key = prefix + name;
    const inner = shapeOf(node);
    if (inner) return leavesOf(inner, `${key}.`);
    return [{ ...(node as z.ZodType).meta(), key } as Setting];
  });
}

/** A value with where it came from: `default`, `profile demo`, a file, a variable, `override`. */
export interface Given {
  readonly value: unknown;
  readonly origin: string;
}

/** Values of one source by dotted key, and what is wrong with its keys. */
export interface Layer {
  readonly values: ReadonlyMap<string, Given>;
  readonly problems: readonly string[];
}

const isBlock = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A nested object as a layer. `undefined` counts as absent, and so does an empty block. */
export function layerOf(source: unknown, origin: string): Layer {
  const values = new Map<string, Given>();
  const problems: string[] = [];
  const walk = (shape: Shape, block: Readonly<Record<string, unknown>>, prefix: string): void => {
    for (const [name, value] of Object.entries(block)) {
      const key = prefix + name;
      const node = Object.hasOwn(shape, name) ? shape[name] : undefined;
      const inner = shapeOf(node);
      if (node === undefined) problems.push(unknownKey(key, origin, name, Object.keys(shape)));
      else if (inner === undefined) {
        if (value !== undefined) values.set(key, { value, origin });
      } else if (isBlock(value)) walk(inner, value, `${key}.`);
      else if (value !== undefined && value !== null) {
        problems.push(`${key} (${origin}): must be a block of keys`);
      }
    }
  };
  if (isBlock(source)) walk(fileSchema.shape, source, "");
  else if (source !== null && source !== undefined) problems.push(`${origin}: must hold keys`);
  return { values, problems };
}

function unknownKey(key: string, origin: string, name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  return `${key} (${origin}): unknown key${meant === undefined ? "" : `, did you mean ${meant}?`}`;
}

/** Names the program itself reads outside the schema. */
const otherVariables = ["PILOTLIGHT_CONFIG"];

/**
 * The environment as a layer; an empty variable counts as absent. Variables of others are left
 * alone, but one slip away from one of ours is refused: it would be ignored without a word.
 */
export function environmentLayer(env: Readonly<Record<string, string | undefined>>): Layer {
  const values = new Map<string, Given>();
  const known = [...settings.flatMap(({ env: name }) => name ?? []), ...otherVariables];
  for (const { key, env: name, read } of settings) {
    const given = name === undefined ? undefined : env[name];
    if (name === undefined || given === undefined || given.trim() === "") continue;
    values.set(key, { value: fromText(given.trim(), read), origin: name });
  }
  const problems = Object.keys(env)
    .filter((name) => name.startsWith("PILOTLIGHT_") && !known.includes(name))
    .flatMap((name) => {
      const meant = known.find((candidate) => editsBetween(name, candidate) === 1);
      return meant === undefined ? [] : [`${name}: unknown variable, did you mean ${meant}?`];
    });
  return { values, problems };
}

/** `a, b` as a list. */
export const listIn = (text: string): string[] =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");

function fromText(given: string, read: Setting["read"]): unknown {
  if (read === "list") return listIn(given);
  return read === "number" && /^-?\d+(\.\d+)?$/.test(given) ? Number(given) : given;
}

/** Later layers win, key by key. */
export function mergeLayers(layers: readonly Layer[]): ReadonlyMap<string, Given> {
  return new Map(layers.flatMap((layer) => [...layer.values]));
}

/** Dotted keys as a nested object again. */
export function nest(values: ReadonlyMap<string, Given>): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const [key, { value }] of values) {
    const parts = key.split(".");
    const leaf = parts.pop() ?? key;
    let block = root;
    for (const part of parts) {
      block[part] ??= {};
      block = block[part] as Record<string, unknown>;
    }
    block[leaf] = value;
  }
  return root;
}
