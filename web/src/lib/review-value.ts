/** A value as the inputs of a form hold it: by name of the input. */
export type Inputs = Readonly<Record<string, string>>;

export interface Input {
  readonly name: string;
  readonly label: string;
  /** By value; absent: a line to write in. */
  readonly choices?: readonly (readonly [string, string])[];
  readonly isRequired?: boolean;
}

const numberOf = (text: string): number =>
  text.trim() === "" ? Number.NaN : Number(text.replaceAll(/[,\s]/g, ""));
const textOf = (value: unknown): string =>
  value === null || value === undefined ? "" : String(value);
const partOf = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;

/** The inputs begin with what was read, so that only what is wrong has to be written. */
export function inputsOf(type: string, value: unknown): Inputs {
  if (type === "healthcare") {
    const is = partOf(value, "is_healthcare");
    return { is: is === false ? "no" : "yes", sector: textOf(partOf(value, "sector")) };
  }
  if (type === "ask") {
    const amount = partOf(value, "amount");
    const [low, high] = Array.isArray(amount) ? amount : [amount, undefined];
    return {
      ...{ amount: textOf(low), upTo: low === high ? "" : textOf(high) },
      currency: textOf(partOf(value, "currency")),
      round: textOf(partOf(value, "round")),
    };
  }
  if (type === "money") {
    return {
      amount: textOf(partOf(value, "amount")),
      currency: textOf(partOf(value, "currency")),
    };
  }
  if (type === "boolean") return { is: value === false ? "no" : "yes" };
  return { text: Array.isArray(value) ? value.join("; ") : textOf(value) };
}

const partsOf = (text: string): readonly (string | number)[] =>
  text
    .split(";")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map((part) => (/^-?\d+(?:\.\d+)?$/.test(part) ? Number(part) : part));

/** What is sent. What cannot be right is left to the server to refuse, with its own words. */
export function valueOfInputs(type: string, inputs: Inputs): unknown {
  const get = (name: string): string => (inputs[name] ?? "").trim();
  if (type === "healthcare") {
    const isHealthcare = get("is") === "yes";
    return { is_healthcare: isHealthcare, sector: isHealthcare ? get("sector") || null : null };
  }
  if (type === "ask") {
    const low = numberOf(get("amount"));
    return {
      amount: get("upTo") === "" ? low : [low, numberOf(get("upTo"))],
      currency: get("currency").toUpperCase(),
      round: get("round") || null,
    };
  }
  if (type === "money") {
    return { amount: numberOf(get("amount")), currency: get("currency").toUpperCase() };
  }
  if (type === "boolean") return get("is") === "yes";
  if (type === "number") return numberOf(get("text"));
  if (type === "list") return partsOf(get("text"));
  return get("text");
}
