import { z } from "zod";
import { type SlideAnalysis, slideAnalysis } from "../contract/results.ts";
import {
  type Lease,
  type LeasesAnswer,
  type LeasesBody,
  lease,
  leaseId,
  leasesAnswer,
  type ProgressBody,
  type RegisterAnswer,
  type RegisterBody,
  type ResultsSaveBody,
  registerAnswer,
  type SlideBody,
  type VisualCacheBody,
} from "../contract/worker-protocol.ts";
import { AppError } from "../errors/app-error.ts";
import type { Random } from "../lib/random.ts";
import type { Log } from "../telemetry/log.ts";
import { backoffMs, callServer, drained, jsonOf, mayPass } from "./control-http.ts";
import { abortable, pause } from "./signals.ts";

export interface ControlClientOptions {
  readonly url: string;
  readonly registrationToken: string;
  /** Who registers; asked at each registration, so that it tells the present state. */
  readonly describe: () => RegisterBody;
  /** Said with each question for work; absent or null: not known. */
  readonly reader?: () => string | null;
  readonly random: Random;
  readonly log: Log;
  /** Told after every registration. */
  readonly onIdentity: (who: RegisterAnswer) => void;
  /** Raised when the container ends: registrations, shared by all callers, stop with it. */
  readonly life: AbortSignal;
  /** Deadline of one ordinary call; long polls add their wait. */
  readonly callMs?: number;
}

/** `lost`: the lease is gone, nothing was changed, and the work under it should stop. */
export type Written = "ok" | "lost";

/** An answer to a lease request. One lease of another shape must not cost the others. */
export interface Grant extends LeasesAnswer {
  readonly unreadable: readonly { readonly id: string; readonly detail: string }[];
}

/**
 * The worker's side of the protocol. Calls repeat after network faults and 5xx and register again
 * when the control plane no longer knows this container. Other failures throw AppError.
 */
export interface ControlClient {
  readonly url: string;
  /** Repeats until it is done or `signal` is raised; throws at once when refused. */
  register(signal: AbortSignal): Promise<RegisterAnswer>;
  identity(): RegisterAnswer | null;
  /** Registers again when the control plane no longer knows the container `id`. */
  renew(id: string, signal: AbortSignal): Promise<RegisterAnswer>;
  /** One try: the caller keeps what it settles until this returns. */
  lease(body: Omit<LeasesBody, "bootId">, signal: AbortSignal): Promise<Grant>;
  progress(lease: Lease, body: ProgressBody, signal: AbortSignal): Promise<Written>;
  putSlide(lease: Lease, slide: number, body: SlideBody, signal: AbortSignal): Promise<Written>;
  putPage(lease: Lease, page: number, jpeg: Buffer, signal: AbortSignal): Promise<Written>;
  /** Streams a file of the control plane (or of a bucket it points to) into `sink`. */
  download(
    url: string,
    signal: AbortSignal,
    sink: (body: ReadableStream<Uint8Array>) => Promise<void>,
  ): Promise<void>;
  /** null: not there. */
  visualResults(
    document: string,
    signal: AbortSignal,
    lease?: Lease,
  ): Promise<readonly SlideAnalysis[] | null>;
  /** false: the control plane knows no work of ours on this document. */
  saveVisualResults(body: VisualCacheBody, signal: AbortSignal): Promise<boolean>;
  saveResult(body: ResultsSaveBody, signal: AbortSignal): Promise<Written>;
  /** One try; at most 200 lines. */
  sendLogs(lines: readonly string[], signal: AbortSignal): Promise<void>;
}

const callDefaultMs = 10_000;
const pictureMs = 30_000;
const logsMs = 5_000;
const downloadMs = 300_000;
const tries = 5;

export function createControlClient(options: ControlClientOptions): ControlClient {
  const { url, random } = options;
  const callMs = options.callMs ?? callDefaultMs;
  const callers = registrar(options, callMs);

  /** Calls with the container's own token; once more after a new registration. */
  const authorised = async <T>(
    method: "GET" | "POST" | "PUT",
    path: (who: RegisterAnswer) => string,
    rest: { body?: unknown; signal: AbortSignal; deadlineMs?: number; tries?: number },
    read: (response: Response) => Promise<T>,
  ): Promise<T> => {
    const send = (who: RegisterAnswer): Promise<T> => {
      const to = { method, url: url + path(who), token: who.token };
      return callServer({ deadlineMs: callMs, tries, ...rest, ...to }, random, read);
    };
    const who = callers.identity() ?? (await callers.renew(null, rest.signal));
    try {
      return await send(who);
    } catch (error) {
      if (!isCode(error, "CONTAINER_UNKNOWN")) throw error;
      return await send(await callers.renew(who, rest.signal));
    }
  };

  const write = async (
    method: "POST" | "PUT",
    path: string,
    rest: { body: unknown; signal: AbortSignal; deadlineMs?: number; tries?: number },
  ): Promise<Written> => {
    try {
      await authorised(method, () => path, rest, drained);
      return "ok";
    } catch (error) {
      if (isCode(error, "LEASE_LOST")) return "lost";
      throw error;
    }
  };

  return {
    url,
    register: (signal) => callers.renew(callers.identity(), signal),
    identity: callers.identity,
    renew(id, signal) {
      const who = callers.identity();
      return who !== null && who.id !== id ? Promise.resolve(who) : callers.renew(who, signal);
    },
    lease(body, signal) {
      const bootId = options.describe().bootId;
      const deadlineMs = callMs + body.waitSeconds * 1000;
      const reader = options.reader?.() ?? null;
      const rest = { body: { bootId, reader, ...body }, signal, deadlineMs, tries: 1 };
      return authorised("POST", (who) => `/api/containers/${who.id}/leases`, rest, readGrant);
    },
    progress: (lease, body, signal) =>
      write("POST", `/api/leases/${lease.id}/progress`, { body, signal, tries: 1 }),
    putSlide: (lease, slide, body, signal) =>
      write("PUT", `/api/leases/${lease.id}/slides/${slide}`, { body, signal }),
    putPage: (lease, page, body, signal) =>
      write("PUT", `/api/leases/${lease.id}/pages/${page}`, {
        body,
        signal,
        deadlineMs: pictureMs,
      }),
    download: (to, signal, sink) => download(url, callers.identity(), to, signal, sink, random),
    visualResults: (document, signal, lease) =>
      readVisualResults((path, read) => authorised("GET", () => path, { signal, tries: 3 }, read), {
        document,
        lease: lease?.id,
      }),
    async saveVisualResults(body, signal) {
      try {
        await authorised("POST", () => "/api/cache/visual-results", { body, signal }, drained);
        return true;
      } catch (error) {
        if (isCode(error, "UNKNOWN_DOCUMENT")) return false;
        throw error;
      }
    },
    saveResult: (body, signal) => write("POST", "/api/results/save", { body, signal }),
    sendLogs: (lines, signal) =>
      authorised(
        "POST",
        (who) => `/api/containers/${who.id}/logs`,
        { body: { lines }, signal, deadlineMs: logsMs, tries: 1 },
        drained,
      ),
  };
}

const grantEnvelope = leasesAnswer.extend({
  leases: z.array(z.looseObject({ id: leaseId })),
});

async function readGrant(response: Response): Promise<Grant> {
  const { settled, leases: given } = await jsonOf(grantEnvelope)(response);
  const leases: Lease[] = [];
  const unreadable: { id: string; detail: string }[] = [];
  for (const one of given) {
    const parsed = lease.safeParse(one);
    if (parsed.success) leases.push(parsed.data);
    else unreadable.push({ id: one.id, detail: placesOf(parsed.error) });
  }
  return { settled, leases, unreadable };
}

/** Where a shape is wrong, without a value: a lease holds deck text. */
const placesOf = (error: z.ZodError): string =>
  error.issues
    .slice(0, 5)
    .map(({ path, message }) => `${path.join(".")}: ${message}`)
    .join("; ")
    .slice(0, 500);

const isCode = (error: unknown, code: string): boolean =>
  error instanceof AppError && error.code === code;

/** Holds who we are. Registrations never overlap: callers that find themselves unknown wait for one. */
function registrar(options: ControlClientOptions, callMs: number) {
  const { url, registrationToken, random, log, life } = options;
  let identity: RegisterAnswer | null = null;
  let running: Promise<RegisterAnswer> | null = null;

  const attempt = (): Promise<RegisterAnswer> =>
    callServer(
      {
        method: "POST",
        url: `${url}/api/containers`,
        token: registrationToken,
        body: options.describe(),
        signal: life,
        deadlineMs: callMs,
        tries: 1,
      },
      random,
      jsonOf(registerAnswer),
    );

  const registerUntilDone = async (): Promise<RegisterAnswer> => {
    for (let tried = 1; ; tried += 1) {
      try {
        identity = await attempt();
        log.info({ container: identity.id }, "registered");
        options.onIdentity(identity);
        return identity;
      } catch (error) {
        life.throwIfAborted();
        if (!mayPass(error)) throw error;
        if (tried === 1) log.warn({ err: error }, "the control plane does not answer yet");
      }
      await pause(backoffMs(Math.min(tried, 6), random), life);
      life.throwIfAborted();
    }
  };

  /** `stale`: the identity the caller was refused with; when it has changed since, that is the answer. */
  const renew = (stale: RegisterAnswer | null, signal: AbortSignal): Promise<RegisterAnswer> => {
    if (identity !== null && identity !== stale) return Promise.resolve(identity);
    running ??= registerUntilDone().finally(() => {
      running = null;
    });
    return abortable(running, signal);
  };
  return { identity: () => identity, renew };
}

/** Our token goes to the control plane only: a signed bucket address carries its own right. */
async function download(
  base: string,
  who: RegisterAnswer | null,
  to: string,
  signal: AbortSignal,
  sink: (body: ReadableStream<Uint8Array>) => Promise<void>,
  random: Random,
): Promise<void> {
  const target = new URL(to, `${base}/`);
  const own = target.origin === new URL(base).origin;
  await callServer(
    {
      method: "GET",
      url: target.href,
      token: own ? (who?.token ?? null) : null,
      signal,
      deadlineMs: downloadMs,
      tries: 3,
    },
    random,
    async (response) => {
      if (response.body !== null) await sink(response.body);
    },
  );
}

const visualResultsAnswer = z.object({ slides: z.array(slideAnalysis) });

/** Asks a server of the protocol (control plane or container) for visual results; null: not there. */
export async function readVisualResults(
  get: <T>(path: string, read: (response: Response) => Promise<T>) => Promise<T>,
  query: { document: string; lease?: string | undefined; scope?: string | undefined },
): Promise<readonly SlideAnalysis[] | null> {
  const params = new URLSearchParams({ document: query.document });
  if (query.lease !== undefined) params.set("lease", query.lease);
  if (query.scope !== undefined) params.set("scope", query.scope);
  try {
    const path = `/api/cache/visual-analysis?${params}`;
    return (await get(path, jsonOf(visualResultsAnswer))).slides;
  } catch (error) {
    const absent = ["UNKNOWN_DOCUMENT", "DOCUMENT_NOT_FOUND", "HANDOFF_MISSING"];
    if (error instanceof AppError && absent.includes(error.code)) return null;
    throw error;
  }
}
