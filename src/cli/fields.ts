import { AppError } from "../errors/app-error.ts";

/**
 * Only these fields of an object; `groups.state` goes into each of a list. Throws USAGE for one that is not
 * there: a wrong name must not pass for an empty answer.
 */
export function pickFields(value: object, names: readonly string[]): object {
  const wanted = new Map<string, string[]>();
  for (const name of names) {
    const [head = "", ...rest] = name.split(".");
    const known = wanted.get(head) ?? [];
    wanted.set(head, rest.length === 0 ? known : [...known, rest.join(".")]);
  }
  const own = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    [...wanted].map(([head, inner]) => {
      if (!Object.hasOwn(own, head)) throw unknownField(head, Object.keys(own));
      return [head, inner.length === 0 ? own[head] : pickInside(own[head], inner)];
    }),
  );
}

function pickInside(value: unknown, names: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((one) => pickInside(one, names));
  if (typeof value !== "object" || value === null) return value;
  return pickFields(value, names);
}

const unknownField = (name: string, known: readonly string[]): AppError =>
  new AppError("USAGE", `there is no field "${name}"\nFields: ${known.join(", ")}`);
