/** A value as the inputs of a form hold it: by name of the input. */
export type Inputs = Readonly<Record<string, string>>;

export interface Input {
  readonly name: string;
  readonly label: string;
  /** By value; absent: a line to write in. */
  readonly choices?: readonly (readonly [string, string])[];
  readonly hint?: string;
  readonly isRequired?: boolean;
}

const numberOf = (text: string): number =>
  text.trim() === "" ? Number.NaN : Number(text.replaceAll(/[,\s]/g, ""));
const textOf = (value: unknown): string =>
  value === null || value === undefined ? "" : String(value);
const partOf = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;

/** The inputs begin with what was read, so that only what is wrong has to be written. */
export function inputsOf(path: string, value: unknown): Inputs {
  if (path === "extractions.healthcare") {
    const is = partOf(value, "is_healthcare");
    return { is: is === false ? "no" : "yes", sector: textOf(partOf(value, "sector")) };
  }
  if (path === "extractions.funding_amount") {
    const amount = partOf(value, "amount");
    const [low, high] = Array.isArray(amount) ? amount : [amount, undefined];
    return {
      ...{ amount: textOf(low), upTo: low === high ? "" : textOf(high) },
      currency: textOf(partOf(value, "currency")),
      round: textOf(partOf(value, "round")),
    };
  }
  return { text: textOf(value) };
}

/** What is sent. What cannot be right is left to the server to refuse, with its own words. */
export function valueOfInputs(path: string, inputs: Inputs): unknown {
  const get = (name: string): string => (inputs[name] ?? "").trim();
  if (path === "extractions.healthcare") {
    const isHealthcare = get("is") === "yes";
    return { is_healthcare: isHealthcare, sector: isHealthcare ? get("sector") || null : null };
  }
  if (path === "extractions.funding_amount") {
    const low = numberOf(get("amount"));
    return {
      amount: get("upTo") === "" ? low : [low, numberOf(get("upTo"))],
      currency: get("currency").toUpperCase(),
      round: get("round") || null,
    };
  }
  return get("text");
}
