import type { z } from "zod";
import { VerdaError } from "./errors.ts";
import type { Tokens } from "./token.ts";
import type { Transport, VerdaRequest } from "./transport.ts";

/**
 * A call with a token, and once more with a new one after a 401. Throws PROVIDER_UNREACHABLE,
 * PROVIDER_REFUSED, PROVIDER_NO_FUNDS and PROVIDER_RATE_LIMITED.
 */
export interface VerdaHttp {
  call<Shape extends z.ZodType>(request: VerdaRequest, shape: Shape): Promise<z.output<Shape>>;
  /** For calls whose answer says nothing. */
  order(request: VerdaRequest): Promise<void>;
}

export function createVerdaHttp(transport: Transport, tokens: Tokens): VerdaHttp {
  const send = async (request: VerdaRequest): Promise<unknown> => {
    const token = await tokens.get();
    let sent: VerdaRequest = { ...request, token };
    let answer = await transport.exchange(sent);
    if (answer.status === 401) {
      // Refused before anything was done, so it may be said again whatever it is.
      sent = { ...request, token: await tokens.renew(token) };
      answer = await transport.exchange(sent);
    }
    if (answer.status >= 300) throw transport.failure(sent, answer);
    return answer.body;
  };
  return {
    async call(request, shape) {
      const read = shape.safeParse(await send(request));
      if (read.success) return read.data;
      const detail = `${request.method} ${request.path}: ${wrongIn(read.error)}`;
      throw new VerdaError("PROVIDER_UNREACHABLE", detail, { status: 200, reason: null });
    },
    async order(request) {
      await send(request);
    },
  };
}

/** Where the answer is not as expected. Values are left out: they may be secrets. */
function wrongIn(error: z.ZodError): string {
  const [issue] = error.issues;
  return `unexpected answer at ${issue?.path.join(".") || "its top"}: ${issue?.code}`;
}
