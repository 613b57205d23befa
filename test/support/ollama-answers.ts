/**
 * Answers that fit a JSON Schema, made from the prompt itself: words are quoted from the slides found
 * in it, so that whatever checks quotes downstream finds them. No model, no chance, no memory.
 */
export function answerFor(schema: unknown, prompt: string, seen: Seen): unknown {
  const slides = slidesOf(prompt);
  const root = isObject(schema) ? schema : {};
  return value(root, "", { root, prompt, slides, seen, turn: { count: 0 } });
}

/** What a picture would have told. `number` answers the canary; null plays a model that sees nothing. */
export interface Seen {
  readonly number: string | null;
}

type Schema = Record<string, unknown>;

interface Slide {
  readonly number: number;
  readonly lines: readonly string[];
}

interface Reading {
  readonly root: Schema;
  readonly prompt: string;
  readonly slides: readonly Slide[];
  readonly seen: Seen;
  /** Counts the items made so far, so that they stand on different slides. */
  readonly turn: { count: number };
}

const isObject = (thing: unknown): thing is Schema =>
  typeof thing === "object" && thing !== null && !Array.isArray(thing);

/** The slides between their marks; a prompt about one picture names only its number. */
export function slidesOf(prompt: string): Slide[] {
  const blocks = prompt.matchAll(/<slide number="(\d+)"[^>]*>\n([\s\S]*?)\n<\/slide>/g);
  const slides = [...blocks].map(([, number, body]) => ({
    number: Number(number),
    lines: (body ?? "").split("\n").filter((line) => line.trim() !== "" && !/^<seen>/.test(line)),
  }));
  if (slides.length > 0) return slides;
  const number = Number(/slide\D{0,12}(\d+)/i.exec(prompt)?.[1] ?? 1);
  return [{ number, lines: [] }];
}

function value(given: Schema, key: string, reading: Reading): unknown {
  const schema = resolve(given, reading.root);
  if ("const" in schema) return schema.const;
  if (Array.isArray(schema.enum)) return chosen(schema.enum, key, reading);
  const options = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(options)) return union(options.filter(isObject), key, reading);
  if (Array.isArray(schema.type)) {
    const single = schema.type.map((type) => ({ ...schema, type }));
    return union(single, key, reading);
  }
  return typed(schema, key, reading);
}

function typed(schema: Schema, key: string, reading: Reading): unknown {
  switch (schema.type) {
    case "object":
      return object(schema, key, reading);
    case "array":
      return array(schema, key, reading);
    case "integer":
    case "number":
      return number(schema, key, reading);
    case "boolean":
      return key === "is_healthcare" ? isHealthcare(reading.prompt) : true;
    case "null":
      return null;
    default:
      return text(schema, key, reading) ?? "";
  }
}

function resolve(schema: Schema, root: Schema): Schema {
  if (typeof schema.$ref !== "string") return schema;
  let found: unknown = root;
  for (const step of schema.$ref.replace(/^#\/?/, "").split("/")) {
    if (step !== "" && isObject(found)) found = found[step];
  }
  return isObject(found) ? found : {};
}

/** The first kind that can be answered; null only where nothing else can. */
function union(options: readonly Schema[], key: string, reading: Reading): unknown {
  const nullable = options.some((option) => option.type === "null");
  const other = options.find((option) => option.type !== "null");
  if (other === undefined) return null;
  const isText = resolve(other, reading.root).type === "string" && other.enum === undefined;
  if (nullable && isText) return text(resolve(other, reading.root), key, reading);
  return value(other, key, reading);
}

function chosen(options: readonly unknown[], key: string, reading: Reading): unknown {
  if (key === "severity" && options.includes("note")) return "note";
  if (key === "status" && options.includes("stated")) return "stated";
  const usable = options.filter((option) => option !== null);
  return usable[slideHere(reading).number % usable.length] ?? null;
}

function object(schema: Schema, key: string, reading: Reading): Schema {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const made: Schema = {};
  if (key === "startup_name") reading.turn.count = 0;
  for (const [name, inner] of Object.entries(properties)) {
    // A value wrapped with its confidence is about the field it stands in.
    const about = name === "value" ? key : name;
    made[name] = value(isObject(inner) ? inner : {}, about, reading);
  }
  return made;
}

function array(schema: Schema, key: string, reading: Reading): unknown[] {
  // What it makes up is the same on all slides: nothing contradicts.
  if (key === "conflicts") return [];
  if (Array.isArray(schema.prefixItems)) {
    return schema.prefixItems.map((item) => value(isObject(item) ? item : {}, key, reading));
  }
  const items = isObject(schema.items) ? schema.items : {};
  const asked = key === "questions" ? questionsOf(reading.prompt) : [];
  if (asked.length > 0) {
    return asked.map((id) => ({ ...(next(items, key, reading) as Schema), id }));
  }
  const least = typeof schema.minItems === "number" ? schema.minItems : 0;
  const most = typeof schema.maxItems === "number" ? schema.maxItems : 1;
  const count = Math.max(least, Math.min(1, most));
  return Array.from({ length: count }, () => next(items, key, reading));
}

/** Answers, and moves on: the next item stands on the next slide. */
function next(schema: Schema, key: string, reading: Reading): unknown {
  const item = value(schema, key, reading);
  reading.turn.count += 1;
  return item;
}

function number(schema: Schema, key: string, reading: Reading): number {
  const wanted = key === "slide" || key === "slides" ? slideHere(reading).number : wish(key);
  const low = typeof schema.minimum === "number" ? schema.minimum : wanted;
  const high = typeof schema.maximum === "number" ? schema.maximum : wanted;
  return Math.min(Math.max(wanted, low), Math.max(low, high));
}

const wish = (key: string): number => ({ confidence: 0.6, score: 3, amount: 1_000_000 })[key] ?? 1;

function text(schema: Schema, key: string, reading: Reading): string | null {
  const most = typeof schema.maxLength === "number" ? schema.maxLength : 200;
  if (key === "number") return reading.seen.number ?? "nothing";
  if (typeof schema.pattern === "string") return matching(schema.pattern, reading);
  if (key === "currency") return "EUR".slice(0, most);
  const slide = key === "startup_name" ? cover(reading) : slideHere(reading);
  return (slide.lines[0] ?? `Slide ${slide.number}`).slice(0, most);
}

/** The first words of the deck that fit the pattern as a whole. */
function matching(pattern: string, reading: Reading): string | null {
  const words = reading.slides
    .flatMap((slide) => slide.lines)
    .join(" ")
    .split(/\s+/);
  const whole = new RegExp(pattern);
  return words.find((word) => whole.test(word)) ?? null;
}

/** The name stands on the first slide that has words. */
const cover = (reading: Reading): Slide => slideHere({ ...reading, turn: { count: 0 } });

function slideHere({ slides, turn }: Reading): Slide {
  const withText = slides.filter((slide) => slide.lines.length > 0);
  const usable = withText.length > 0 ? withText : slides;
  return usable[turn.count % usable.length] ?? { number: 1, lines: [] };
}

/** Ids of the questions a prompt lists, each followed by its scale: `id: Question?`, then `5: ...`. */
export function questionsOf(prompt: string): string[] {
  const outside = prompt.replace(/<slide number=[\s\S]*<\/slide>/g, "");
  const listed = outside.matchAll(/^([A-Za-z][\w.-]*): .+\n\s+5: /gm);
  return [...new Set([...listed].map((match) => match[1] ?? ""))];
}

const isHealthcare = (prompt: string): boolean =>
  /\b(patient|clinical|hospital|medical|therap)/i.test(
    slidesOf(prompt)
      .flatMap((slide) => slide.lines)
      .join("\n"),
  );
