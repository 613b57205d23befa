import { namesIn } from "../core/failures/log-line.ts";
import { hasOtherWorkspaces } from "../db/access.ts";
import { type LogLine, linesMax, readLogLines, readOwnNames } from "../db/container-logs.ts";
import type { ServiceContext } from "./context.ts";

export interface LinesQuery {
  readonly tail: number;
  readonly after?: number | undefined;
}

/** What a container said, for one workspace: lines about work for others are left out, and may quote their decks. */
export async function containerLines(
  context: Pick<ServiceContext, "sql">,
  workspace: string,
  container: string | null,
  { tail, after }: LinesQuery,
) {
  if (container === null) return { container, lines: [], nextAfter: after ?? 0 };
  // Of the last ones all are looked at: it is not known how many of them are of others.
  const query = { tail: after === undefined ? linesMax : tail, after };
  const read = await readLogLines(context.sql, container, query);
  const own = await ownLines(context, workspace, container, read);
  const shown = after === undefined ? own.slice(-tail) : own;
  return {
    container,
    lines: shown.map((one) => ({ ...one, at: one.at.toISOString() })),
    nextAfter: read.at(-1)?.id ?? after ?? 0,
  };
}

async function ownLines(
  { sql }: Pick<ServiceContext, "sql">,
  workspace: string,
  container: string,
  lines: readonly LogLine[],
): Promise<readonly LogLine[]> {
  const named = lines.map((one) => ({ one, names: namesIn(one.line) }));
  const names = new Set(named.flatMap((line) => line.names));
  const [first] = lines;
  if (first === undefined || names.size === 0) return lines;
  if (!(await hasOtherWorkspaces(sql, workspace))) return lines;
  const own = await readOwnNames(sql, {
    ...{ workspace, container, since: first.at, names: [...names] },
  });
  return named.flatMap((line) =>
    line.names.length === 0 || line.names.some((name) => own.has(name)) ? [line.one] : [],
  );
}
