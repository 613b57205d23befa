import { Badge } from "../ui/badge.tsx";
import type { PackCheckAnswer } from "./types.ts";
import { fileWords } from "./words.ts";

/** Files of the pack; beside each whether it was changed, and how much is wrong with it. */
export function FileList({
  paths,
  current,
  changed,
  problems,
  onOpen,
}: {
  paths: readonly string[];
  current: string;
  changed: readonly string[];
  problems: PackCheckAnswer["problems"];
  onOpen: (path: string) => void;
}) {
  const words = (path: string): string => {
    const wrong = problems.filter(({ file }) => file === path).length;
    const parts = [
      ...(changed.includes(path) ? ["changed"] : []),
      ...(wrong > 0 ? [`${wrong} wrong`] : []),
    ];
    return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
  };
  return (
    <>
      <label className="text-[13px] font-medium md:hidden">
        File
        <select
          value={current}
          onChange={(event) => onOpen(event.target.value)}
          className="mt-1 block min-h-8 w-full rounded-md border border-line-strong bg-surface px-2"
        >
          {paths.map((path) => (
            <option key={path} value={path}>
              {path}
              {words(path)}
            </option>
          ))}
        </select>
      </label>
      <nav aria-label="Files" className="max-h-[28rem] overflow-y-auto max-md:hidden">
        <ul>
          {paths.map((path) => {
            const wrong = problems.filter(({ file }) => file === path).length;
            return (
              <li key={path}>
                <button
                  type="button"
                  title={path}
                  aria-current={path === current ? "true" : undefined}
                  onClick={() => onOpen(path)}
                  className="flex min-h-8 w-full flex-wrap items-center gap-x-1.5 rounded-md px-2 py-1 text-left text-[13px] hover:bg-sunken aria-[current=true]:bg-sunken aria-[current=true]:font-medium"
                >
                  {fileWords(path)}
                  {changed.includes(path) && <Badge tone="accent">changed</Badge>}
                  {wrong > 0 && <Badge tone="bad">{wrong} wrong</Badge>}
                </button>
              </li>
            );
          })}
        </ul>
      </nav>
    </>
  );
}
