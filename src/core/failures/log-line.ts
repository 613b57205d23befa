/** Whose lines may be shown: a container works on several documents at once. */
export interface LineOwner {
  readonly pipeline: string | null;
  /** As in the log, `EPOCH-ID`. */
  readonly leases: readonly string[];
}

const hidden = new Set(["level", "time", "name", "msg", "lease", "pipeline", "container"]);

/**
 * A line of a container's log for people: level, message and figures. null: it is of work for another
 * document. A line that is no JSON stays as it is.
 */
export function lineFor(line: string, owner: LineOwner): string | null {
  const fields = fieldsOf(line);
  if (fields === null) return line;
  const { lease, pipeline, level, msg } = fields;
  const isNamed = lease !== undefined || pipeline !== undefined;
  const isOwn =
    (owner.pipeline !== null && pipeline === owner.pipeline) ||
    owner.leases.some((own) => own === lease);
  if (isNamed && !isOwn) return null;
  const rest = Object.entries(fields)
    .filter(([name]) => !hidden.has(name))
    .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  return [String(level ?? "info"), String(msg ?? ""), ...rest]
    .filter((part) => part !== "")
    .join(" ");
}

function fieldsOf(line: string): Record<string, unknown> | null {
  if (!line.startsWith("{")) return null;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return null;
  }
}
