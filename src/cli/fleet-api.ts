import type { ZodType } from "zod";
import type {
  AccuracyAnswer,
  DecisionsAnswer,
  Fleet,
  JoinAnswer,
  LogsAnswer,
  OrderAnswer,
  RunsAnswer,
} from "../contract/fleet.ts";
import type { Call } from "./batch-api.ts";
import { checked as checkedBy } from "./checked.ts";

/** The fleet as the commands use it. Throws what the server answers, SERVER_UNREACHABLE among it. */
export interface FleetApi {
  get(signal: AbortSignal): Promise<Fleet>;
  /** Newest first. */
  decisions(query: DecisionsQuery, signal: AbortSignal): Promise<DecisionsAnswer>;
  /** How well starts were foreseen, over so long a time until now. */
  accuracy(query: { readonly sinceSeconds: number }, signal: AbortSignal): Promise<AccuracyAnswer>;
  /** Newest first. */
  runs(query: Omit<DecisionsQuery, "replica">, signal: AbortSignal): Promise<RunsAnswer>;
  /** For a container on a machine of one's own. */
  join(pool: string, signal: AbortSignal): Promise<JoinAnswer>;
  /** One more replica of a pool than its policy wants. */
  start(pool: string, body: StartBody, signal: AbortSignal): Promise<OrderAnswer>;
  /** @param name of a pool for `pause` and `resume`, else of a replica */
  order(kind: OrderKind, name: string, body: OrderBody, signal: AbortSignal): Promise<OrderAnswer>;
  /** The last lines of a replica's container, oldest first. */
  logs(replica: string, query: LogsQuery, signal: AbortSignal): Promise<LogsAnswer>;
}

export interface DecisionsQuery {
  readonly pool?: string | undefined;
  readonly replica?: string | undefined;
  readonly limit: number;
  /** Only those with a smaller id. */
  readonly before?: number | undefined;
}

export interface OrderBody {
  readonly reason?: string | undefined;
}

export interface StartBody extends OrderBody {
  /** null: until the pool is resumed; absent: as long as the server thinks right. */
  readonly forSeconds?: number | null | undefined;
}

export interface LogsQuery {
  readonly tail: number;
  /** Only lines with a larger id. */
  readonly after?: number | undefined;
}

export type OrderKind = "pause" | "resume" | "drain" | "stop";

const parents = { pause: "pools", resume: "pools", drain: "replicas", stop: "replicas" } as const;

/** @param call asks below the fleet's own address */
export function fleetApi(call: Call): FleetApi {
  const place = (parent: string, name: string): string => `/${parent}/${encodeURIComponent(name)}`;
  const post = async (path: string, body: object, signal: AbortSignal): Promise<OrderAnswer> => {
    const headers = { "content-type": "application/json" };
    const init = { method: "POST", body: JSON.stringify(body), headers };
    return checked(await call(path, signal, init), ({ orderAnswer }) => orderAnswer);
  };
  return {
    get: async (signal) => checked(await call("", signal), ({ fleet }) => fleet),
    decisions: async (query, signal) =>
      checked(
        await call(`/decisions?${paramsOf(query)}`, signal),
        ({ decisionsAnswer }) => decisionsAnswer,
      ),
    accuracy: async (query, signal) =>
      checked(
        await call(`/accuracy?${paramsOf(query)}`, signal),
        ({ accuracyAnswer }) => accuracyAnswer,
      ),
    runs: async (query, signal) =>
      checked(await call(`/runs?${paramsOf(query)}`, signal), ({ runsAnswer }) => runsAnswer),
    join: async (pool, signal) =>
      checked(await call(`${place("pools", pool)}/join`, signal), ({ joinAnswer }) => joinAnswer),
    start: (pool, body, signal) => post(`${place("pools", pool)}/start`, body, signal),
    order: (kind, name, body, signal) =>
      post(`${place(parents[kind], name)}/${kind}`, body, signal),
    logs: async (replica, query, signal) =>
      checked(
        await call(`${place("replicas", replica)}/logs?${paramsOf(query)}`, signal),
        ({ logsAnswer }) => logsAnswer,
      ),
  };
}

type Contract = typeof import("../contract/fleet.ts");

/** The schemas are loaded only here: most commands have no use for them. */
const checked = async <T>(body: unknown, choose: (contract: Contract) => ZodType<T>): Promise<T> =>
  checkedBy(body, choose(await import("../contract/fleet.ts")));

function paramsOf(query: object): URLSearchParams {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) params.set(name, String(value));
  }
  return params;
}
