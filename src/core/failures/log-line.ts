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
  const names = fields === null ? namesInPart(line) : namesInFields(fields);
  const isOwn = (name: string): boolean => name === owner.pipeline || owner.leases.includes(name);
  if (names.length > 0 && !names.some(isOwn)) return null;
  if (fields === null) return line;
  const { level, msg } = fields;
  const rest = Object.entries(fields)
    .filter(([name]) => !hidden.has(name))
    .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  return [String(level ?? "info"), String(msg ?? ""), ...rest]
    .filter((part) => part !== "")
    .join(" ");
}

/** Leases and pipelines that a line is about; none: it is about the container itself. */
export function namesIn(line: string): readonly string[] {
  const fields = fieldsOf(line);
  return fields === null ? namesInPart(line) : namesInFields(fields);
}

const namesInFields = ({ lease, pipeline }: Record<string, unknown>): string[] =>
  [lease, pipeline].flatMap((name) => (name === undefined ? [] : [String(name)]));

/** What is quoted within a value has its quotes escaped. The end may have been cut off. */
const named = /"(?:lease|pipeline)":"([^"\\]*)(?:"|$)/g;

/** A line that was cut where it became too long is no JSON any more. */
const namesInPart = (line: string): string[] =>
  line.startsWith("{") ? [...line.matchAll(named)].map(([, name]) => name ?? "") : [];

function fieldsOf(line: string): Record<string, unknown> | null {
  if (!line.startsWith("{")) return null;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return null;
  }
}
