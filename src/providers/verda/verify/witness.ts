import type { Fetch } from "../transport.ts";

/** A call as it was answered. `body` is undefined where it held no JSON. */
export interface Exchange {
  readonly method: string;
  /** Below the API's address, without the query. */
  readonly path: string;
  readonly sent: unknown;
  readonly status: number;
  readonly body: unknown;
}

/** Stands between the client and the API, and remembers what the client does not hand on. */
export interface Witness {
  readonly fetch: Fetch;
  /** The last answer to such a call. */
  last(method: string, path: string): Exchange | undefined;
  all(method: string, path: string): readonly Exchange[];
}

/** Of a token only its life is kept, and of a secret nothing. */
export function createWitness(apiUrl: string, fetch: Fetch): Witness {
  const seen: Exchange[] = [];
  const all = (method: string, path: string): Exchange[] =>
    seen.filter((one) => one.method === method && one.path === path);
  return {
    async fetch(url, init) {
      const response = await fetch(url, init);
      const path = url.slice(apiUrl.length).split("?")[0] ?? "";
      const body = keptOf(path, await jsonOf(response.clone()));
      const sent = isSecret(path) ? undefined : sentIn(init);
      seen.push({ method: init.method ?? "GET", path, sent, status: response.status, body });
      return response;
    },
    last: (method, path) => all(method, path).at(-1),
    all,
  };
}

async function jsonOf(response: Response): Promise<unknown> {
  try {
    return (await response.json()) as unknown;
  } catch {
    return undefined;
  }
}

const tokenPath = "/oauth2/token";
const isSecret = (path: string): boolean => path === tokenPath || path.startsWith("/secrets");

function keptOf(path: string, body: unknown): unknown {
  if (!isSecret(path)) return body;
  return path === tokenPath ? { expires_in: field(body, "expires_in") } : undefined;
}

const sentIn = ({ body }: RequestInit): unknown =>
  typeof body === "string" ? (JSON.parse(body) as unknown) : undefined;

/** A field of what may be an object. */
export function field(body: unknown, name: string): unknown {
  if (typeof body !== "object" || body === null) return undefined;
  return (body as Readonly<Record<string, unknown>>)[name];
}
