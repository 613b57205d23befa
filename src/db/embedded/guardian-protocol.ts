import { z } from "zod";

/** What the guardian is told at its start: one JSON argument. */
export const guardianStart = z.object({
  /** The program `postgres`. */
  program: z.string(),
  dataDir: z.string(),
  /** What the server writes goes to the end of this file. */
  logFile: z.string(),
  account: z.object({ uid: z.number(), gid: z.number() }).nullable(),
  /** Server settings by name, port and addresses apart. */
  settings: z.record(z.string(), z.string()),
});
export type GuardianStart = z.infer<typeof guardianStart>;

/** What the guardian says, a JSON line each. It ends when its standard input is closed. */
export const guardianMessage = z.discriminatedUnion("state", [
  z.object({ state: z.literal("ready"), port: z.number() }),
  /** The server ended by itself and is being started again on the same port. */
  z.object({ state: z.literal("lost") }),
  /** It could not be started; the guardian ends. */
  z.object({ state: z.literal("failed") }),
]);
export type GuardianMessage = z.infer<typeof guardianMessage>;
