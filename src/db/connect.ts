import postgres from "postgres";
import { AppError } from "../errors/app-error.ts";
import { arrayTypes } from "./array-types.ts";
import { type Address, createSilenceWatch, openSocket, startUpPadding } from "./socket.ts";

type Types = { bigint: number };
export type Sql = postgres.Sql<Types>;
export type Transaction = postgres.TransactionSql<Types>;
/** Either: statements are written once and run alone or inside a transaction. */
export type Db = Sql | Transaction;

/** Bounds the server itself keeps, so that no session of ours stands in the way of the others. */
export interface SessionLimits {
  readonly statementMsMax: number;
  readonly lockMsMax: number;
  readonly idleInTransactionMsMax: number;
}

export const sessionLimits: SessionLimits = {
  statementMsMax: 30_000,
  lockMsMax: 10_000,
  idleInTransactionMsMax: 15_000,
};

export interface ConnectOptions {
  readonly max?: number;
  readonly name?: string;
  readonly limits?: SessionLimits;
  /** For what a session holds, such as a lock: never closed by age, and probed each second of silence. */
  readonly isKept?: boolean;
}

/** int8 as number: ids and epochs stay below 2^53. Masks may not, and are selected as text. */
const bigint = {
  to: 20,
  from: [20],
  serialize: (value: number) => String(value),
  parse: (value: string) => Number(value),
};

/** The server ends a statement that takes too long; a server that says nothing at all is given up later. */
const graceMs = 5_000;

/** A pool. Nothing is connected until the first statement; `sql.end()` closes it. */
export function connect(url: string, options: ConnectOptions = {}): Sql {
  const limits = options.limits ?? sessionLimits;
  const silence = createSilenceWatch(limits.statementMsMax + graceMs);
  let opened = 0;
  // The driver's types do not know this option.
  const driver = {
    socket: (to: Address) => openSocket(to, opened++, silence),
  };
  return postgres(url, {
    ...driver,
    max: options.max ?? 10,
    types: { bigint, ...arrayTypes },
    fetch_types: false,
    onnotice: () => {},
    connect_timeout: 10,
    ...(options.isKept
      ? { idle_timeout: 0, max_lifetime: null, keep_alive: 1 }
      : { idle_timeout: 60 }),
    connection: {
      application_name: options.name ?? "pilotlight",
      options: startUpPadding,
      statement_timeout: limits.statementMsMax,
      lock_timeout: limits.lockMsMax,
      idle_in_transaction_session_timeout: limits.idleInTransactionMsMax,
      // Statements are short and their costs guessed high: compiling one would take longer than running it.
      jit: false,
      // Windows are shown to people in their own zone; the database speaks UTC only.
      TimeZone: "UTC",
    },
  });
}

/**
 * A pool of one connection to where `of` goes, for a lock or a setting that holds from one statement to
 * the next; `end()` closes it. The driver's own `reserve` never answers on a connection it opens for it.
 */
export const sessionLike = (of: Sql): Sql =>
  // Parsed options are taken as they are; the driver's types do not know that.
  postgres({ ...of.options, max: 1, max_lifetime: null } as unknown as postgres.Options<{
    bigint: postgres.PostgresType<number>;
  }>);

const oldestServer = 150_000;

/** Refuses servers older than PostgreSQL 15. Throws DATABASE_TOO_OLD or DATABASE_UNAVAILABLE. */
export async function checkServer(sql: Sql): Promise<string> {
  try {
    const [row] = await sql<{ number: string; version: string }[]>`
      select current_setting('server_version_num') as number, current_setting('server_version') as version`;
    if (Number(row?.number) < oldestServer) {
      throw new AppError("DATABASE_TOO_OLD", `This server is ${row?.version}.`);
    }
    return row?.version ?? "unknown";
  } catch (error) {
    if (error instanceof AppError) throw error;
    const detail = error instanceof Error ? error.message : String(error);
    throw new AppError("DATABASE_UNAVAILABLE", detail, { cause: error });
  }
}
