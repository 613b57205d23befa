import {
  type DestinationStream,
  destination as fileDestination,
  type Logger,
  pino,
  stdTimeFunctions,
} from "pino";
import { AppError } from "../errors/app-error.ts";

export type Log = Logger;

export interface LogOptions {
  /** Who speaks: `control`, `vision-1`. */
  readonly name: string;
  readonly level: "trace" | "debug" | "info" | "warn" | "error" | "silent";
  /** A file descriptor or a stream; stdout when absent. */
  readonly destination?: number | DestinationStream;
}

/** Keys that carry secrets, and keys that carry a document's words: neither is ever written. */
const secretKeys = [
  "authorization",
  "cookie",
  "token",
  "registrationToken",
  "containerToken",
  "password",
  "openaiApiKey",
  "apiKey",
];
const deckKeys = ["text", "quote", "prompt", "slides", "jpeg"];
/** pino's wildcard stands for one level, so each level is named. */
const levels = ["", "*.", "*.*.", "*.*.*."];

const redacted = [...secretKeys, ...deckKeys].flatMap((key) => levels.map((at) => at + key));

/**
 * JSON lines with RFC 3339 times. Written synchronously: a line about a crash must be out before
 * the process is gone, and a container writes few lines.
 */
export function createLog({ name, level, destination = 1 }: LogOptions): Log {
  const stream =
    typeof destination === "number"
      ? fileDestination({ fd: destination, sync: true })
      : destination;
  return pino(
    {
      base: { name },
      level,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: redacted, censor: "[removed]" },
      serializers: { err: describeError },
    },
    stream,
  );
}

/** An error of ours keeps its code and detail; anything else its message and stack. */
function describeError(error: unknown): unknown {
  if (error instanceof AppError) {
    return {
      code: error.code,
      detail: error.detail,
      ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
    };
  }
  if (error instanceof Error) return { message: error.message, stack: error.stack };
  return { message: String(error) };
}
