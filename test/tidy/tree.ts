import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SourceFile } from "./source.ts";

export const repository = fileURLToPath(new URL("../..", import.meta.url));

const folders = [
  ...["src", "web", "test", "bench", "examples", "scripts", "deploy"],
  ...["docs", "migrations", "packs"],
];
const ignored = new Set(["node_modules", "dist", "results", ".git"]);
const isText = (name: string): boolean =>
  /\.(?:[cm]?[jt]s|tsx|md|ya?ml|sql|json|css|html|sh)$/.test(name);

/** Every text file of the repository that is written by people, with its text. */
export function readTree(): SourceFile[] {
  const paths = folders.flatMap((folder) => walk(folder));
  const top = readdirSync(repository, { withFileTypes: true })
    .filter((entry) => entry.isFile() && isText(entry.name) && entry.name !== "package-lock.json")
    .map((entry) => entry.name);
  return [...top, ...paths].map((path) => ({ path, text: readText(path) }));
}

export const readText = (path: string): string => readFileSync(join(repository, path), "utf8");

function walk(folder: string): string[] {
  let entries: ReturnType<typeof list>;
  try {
    entries = list(folder);
  } catch {
    return [];
  }
  return entries.flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (ignored.has(entry.name)) return [];
    if (entry.isDirectory()) return walk(path);
    return entry.isFile() && isText(entry.name) ? [path] : [];
  });
}

const list = (folder: string) => readdirSync(join(repository, folder), { withFileTypes: true });
