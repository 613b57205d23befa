import { constants } from "node:os";
import { type Clock, systemClock } from "../lib/clock.ts";

const heard = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
type Heard = (typeof heard)[number];

/** The person, or the system, asked to stop. */
export class Interrupted extends Error {
  readonly signal: Heard;

  constructor(signal: Heard) {
    super(`Stopped by ${signal}.`);
    this.name = "Interrupted";
    this.signal = signal;
  }

  /** 130 after Ctrl-C, 143 after SIGTERM. */
  get exitCode(): number {
    return 128 + constants.signals[this.signal];
  }
}

/** Whoever read stdout is gone, as `head` is when it has its lines. No failure: it has all it wanted. */
export class ReaderGone extends Error {
  constructor() {
    super("Nobody reads any more.");
    this.name = "ReaderGone";
  }
}

export interface Interrupt {
  /** Raised by the first signal, with an `Interrupted` as its reason. */
  readonly signal: AbortSignal;
  /** Called at the second signal, instead of ending the process on the spot. Answers how to leave. */
  onAgain(listener: () => void): () => void;
}

/** npm hands on a Ctrl-C that the terminal has already delivered: two so close together are one. */
const sameMs = 700;

/**
 * Listens from now until the process ends. The first signal asks, the second hurries, the third ends
 * the process: PostgreSQL's guardian and the containers then end by themselves.
 */
export function listenForSignals(
  source: NodeJS.EventEmitter = process,
  clock: Clock = systemClock,
  exit: (code: number) => void = (code) => process.exit(code),
): Interrupt {
  const controller = new AbortController();
  let hurry: (() => void) | null = null;
  let lastMs = Number.NEGATIVE_INFINITY;
  const onSignal = (name: Heard): void => {
    const nowMs = clock.nowMs();
    if (nowMs - lastMs < sameMs) return;
    lastMs = nowMs;
    const interrupted = new Interrupted(name);
    if (!controller.signal.aborted) {
      controller.abort(interrupted);
    } else if (hurry === null) {
      exit(interrupted.exitCode);
    } else {
      const listener = hurry;
      hurry = null;
      listener();
    }
  };
  for (const name of heard) source.on(name, () => onSignal(name));
  return {
    signal: controller.signal,
    onAgain(listener) {
      hurry = listener;
      return () => {
        if (hurry === listener) hurry = null;
      };
    },
  };
}
