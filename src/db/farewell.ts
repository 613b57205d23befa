/** What the server says before it ends a connection, and what came before it in the same bytes. */
export interface Farewell {
  readonly before: Buffer;
  readonly error: Error;
}

const errorMessage = "E".charCodeAt(0);
const headBytes = 5;
/** Severity in English, whatever the server speaks. After these the server closes the connection. */
const last = /\0V(?:FATAL|PANIC)\0/;

/**
 * The error with which a server ends the connection, at the end of these bytes of its stream
 * (https://www.postgresql.org/docs/current/protocol-error-fields.html).
 */
export function farewellOf(bytes: Buffer): Farewell | undefined {
  if (bytes.at(-1) !== 0 || bytes.at(-2) !== 0) return undefined;
  let at = bytes.lastIndexOf(errorMessage);
  for (; at >= 0; at = at === 0 ? -1 : bytes.lastIndexOf(errorMessage, at - 1)) {
    const rest = bytes.length - at;
    if (rest <= headBytes || bytes.readInt32BE(at + 1) !== rest - 1) continue;
    const text = bytes.toString("utf8", at + headBytes);
    return last.test(text) ? { before: bytes.subarray(0, at), error: errorOf(text) } : undefined;
  }
  return undefined;
}

/** Fields are a letter and a text each. */
function errorOf(text: string): Error {
  const fields = new Map(text.split("\0").map((field) => [field[0], field.slice(1)]));
  const [message = "", code, severity, hint] = ["M", "C", "V", "H"].map((key) => fields.get(key));
  return Object.assign(new Error(message), { name: "PostgresError", code, severity, hint });
}
