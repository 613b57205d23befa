import type { FastifyReply } from "fastify";
import { AppError } from "../../errors/app-error.ts";
import { nearestLimit } from "../nearest-limit.ts";
import type { Slots } from "../slots.ts";

/** Requests of the container's own API that hold a slot. */
export interface ApiRequests {
  /**
   * Runs work in a slot until it is done, the caller has gone, or the container gives up. Throws
   * DRAINING, or MODEL_BUSY when all slots are taken or the model is still loading.
   */
  run<T>(reply: FastifyReply, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /**
   * Takes no new request and ends those still running after `limitMs` with DRAINING. Called again, it can
   * only bring the limit nearer.
   */
  drain(limitMs: number): Promise<void>;
  abort(): void;
}

export interface ApiRequestsOptions {
  readonly slots: Slots;
  readonly ready: () => boolean;
}

/** A caller gets its answer before the server closes. */
const answerMs = 3_000;

export function createApiRequests({ slots, ready }: ApiRequestsOptions): ApiRequests {
  const running = new Map<AbortController, Promise<unknown>>();
  let draining = false;
  const stopAll = (): void => {
    for (const controller of running.keys()) controller.abort(new AppError("DRAINING"));
  };
  const limit = nearestLimit(stopAll);
  const admit = (): void => {
    if (draining) throw new AppError("DRAINING");
    if (!ready()) throw new AppError("MODEL_BUSY", "The container is still getting ready.");
    if (slots.running() >= slots.total) throw new AppError("MODEL_BUSY", "All slots are taken.");
  };

  return {
    async run(reply, work) {
      admit();
      const controller = new AbortController();
      const gone = (): void => controller.abort(new AppError("BAD_REQUEST", "The caller left."));
      reply.raw.once("close", gone);
      slots.take();
      const result = work(controller.signal);
      running.set(controller, result);
      try {
        return await result;
      } finally {
        running.delete(controller);
        slots.give();
        reply.raw.off("close", gone);
      }
    },
    async drain(limitMs) {
      draining = true;
      limit.bring(limitMs - answerMs);
      await Promise.allSettled(running.values());
      limit.clear();
    },
    abort() {
      draining = true;
      stopAll();
    },
  };
}
