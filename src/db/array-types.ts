import postgresArray from "postgres-array";

/** As the driver wants its types: OIDs to send and read as, and both ways through text. */
interface ArrayType<T> {
  readonly to: number;
  readonly from: number[];
  readonly serialize: (values: readonly (T | null)[]) => string;
  readonly parse: (text: string) => (T | null)[];
}

/**
 * The arrays of the types that statements meet, those of the catalogue among them. The driver can ask each connection for all of them, but nobody hears
 * when that question fails, and the process would end; their OIDs are the same on every server.
 */
export const arrayTypes = {
  booleans: arrayOf(1000, (text) => text === "t"),
  names: arrayOf(1003, String),
  smallints: arrayOf(1005, Number),
  integers: arrayOf(1007, Number),
  texts: arrayOf(1009, String),
  varchars: arrayOf(1015, String),
  bigints: arrayOf(1016, Number),
  doubles: arrayOf(1022, Number),
  oids: arrayOf(1028, Number),
  instants: arrayOf(1185, (text) => new Date(text)),
  numerics: arrayOf(1231, String),
  classes: arrayOf(2210, String),
  uuids: arrayOf(2951, String),
};

function arrayOf<T>(oid: number, parse: (text: string) => T): ArrayType<T> {
  return {
    to: oid,
    from: [oid],
    serialize: (values) => `{${values.map(element).join(",")}}`,
    parse: (text) => postgresArray.parse(text, parse),
  };
}

/** One element in quotes: null is the only word that is told by standing without them. */
const element = (value: unknown): string =>
  value === null ? "null" : `"${String(value).replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
