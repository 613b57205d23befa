import type { FastifyReply } from "fastify";

/** `close` is told once: of a caller that left while its key was looked up, nobody hears it any more. */
export const hasLeft = ({ raw, request }: FastifyReply): boolean =>
  raw.destroyed || raw.closed || request.raw.socket.destroyed;

/** Aborts when the caller hangs up before its answer, also where it did so before this was asked for. */
export function goneSignal(reply: FastifyReply): AbortSignal {
  const { raw } = reply;
  const controller = new AbortController();
  const leave = (): void => {
    if (!raw.writableFinished) controller.abort();
  };
  raw.once("close", leave);
  if (hasLeft(reply)) leave();
  return controller.signal;
}
