import type { Clock } from "../../lib/clock.ts";
import { VerdaError } from "./errors.ts";
import { tokenAnswer } from "./schemas.ts";
import type { Transport, VerdaRequest } from "./transport.ts";

/** The bearer token, got with the client's credentials and kept until shortly before its end. */
export interface Tokens {
  get(): Promise<string>;
  /** Another one than `stale`, which was refused. Many callers make one request. */
  renew(stale: string): Promise<string>;
}

export interface TokenOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly clientId: string;
  readonly clientSecret: string;
}

const renewedBeforeMs = 60_000;

export function createTokens(options: TokenOptions): Tokens {
  let kept: { readonly value: string; readonly untilMs: number } | null = null;
  let pending: Promise<string> | null = null;

  const grant = async (): Promise<string> => {
    const askedMs = options.clock.nowMs();
    const { value, lifeMs } = await askForToken(options);
    kept = { value, untilMs: askedMs + lifeMs - renewedBeforeMs };
    return value;
  };
  const granted = (): Promise<string> => {
    pending ??= grant().finally(() => {
      pending = null;
    });
    return pending;
  };
  return {
    async get() {
      if (kept !== null && options.clock.nowMs() < kept.untilMs) return kept.value;
      return await granted();
    },
    async renew(stale) {
      if (kept !== null && kept.value !== stale) return kept.value;
      return await granted();
    },
  };
}

async function askForToken(options: TokenOptions): Promise<{ value: string; lifeMs: number }> {
  const request: VerdaRequest = {
    method: "POST",
    path: "/oauth2/token",
    body: {
      grant_type: "client_credentials",
      client_id: options.clientId,
      client_secret: options.clientSecret,
    },
  };
  const answer = await options.transport.exchange(request);
  if (answer.status >= 300) throw options.transport.failure(request, answer);
  const read = tokenAnswer.safeParse(answer.body);
  if (!read.success) {
    const said = { status: answer.status, reason: null };
    throw new VerdaError("PROVIDER_UNREACHABLE", "POST /oauth2/token: no token in it", said);
  }
  return { value: read.data.access_token, lifeMs: read.data.expires_in * 1000 };
}
