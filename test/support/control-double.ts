import { EventEmitter, once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type HeartbeatBody,
  heartbeatBody,
  type Lease,
  type LeasesBody,
  leasesBody,
  logsBody,
  type Outcome,
  type ProgressBody,
  progressBody,
  type RegisterBody,
  registerBody,
  type Settlement,
  type SlideBody,
  slideBody,
} from "../../src/contract/worker-protocol.ts";
import { AppError, problemOf } from "../../src/errors/app-error.ts";
import type { ErrorCode } from "../../src/errors/codes.ts";

interface Fault {
  readonly path: RegExp;
  /** A code is answered as a problem; "reset" cuts the connection; a promise holds the answer back. */
  readonly how: ErrorCode | "reset" | Promise<void>;
  times: number;
}

/**
 * A control plane for tests: it speaks the worker protocol over real HTTP, checks every body against
 * the contract, and fails on demand. Leases are given as they are queued.
 */
export class ControlDouble {
  readonly registrations: RegisterBody[] = [];
  readonly heartbeats: HeartbeatBody[] = [];
  readonly requests: LeasesBody[] = [];
  readonly settled = new Map<string, Outcome>();
  readonly progress: { lease: string; body: ProgressBody }[] = [];
  readonly slides: { lease: string; slide: number; body: SlideBody }[] = [];
  readonly pages: { lease: string; page: number; bytes: number }[] = [];
  readonly saved: unknown[] = [];
  /** `GET /documents/:name`. */
  readonly documents = new Map<string, Buffer>();
  readonly cached = new Map<string, unknown>();
  readonly lost = new Set<string>();
  /** Leases whose results are too large: no request that carries one is let through. */
  readonly tooLarge = new Set<string>();
  forgotten: { workspace: string; sha256: string }[] = [];
  /** Lines of the containers' logs, a batch a request. */
  readonly logs: string[][] = [];
  /** By lease: what its end frees, given in the answer that settles it. */
  readonly frees = new Map<string, Lease[]>();
  readonly #faults: Fault[] = [];
  readonly #changes = new EventEmitter();
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  #queue: Lease[] = [];
  #knows = true;
  drain = false;
  drainSeconds: number | null = null;
  heartbeatSeconds = 0.05;
  pollSeconds = 5;
  url = "";

  async start(): Promise<this> {
    this.#changes.setMaxListeners(0);
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  give(...leases: Lease[]): void {
    this.#queue.push(...leases);
    this.#changes.emit("change");
  }

  fail(path: RegExp, how: Fault["how"], times = 1): void {
    this.#faults.push({ path, how, times });
  }

  /** From now on every token is unknown until the container registers again. */
  forget(): void {
    this.#knows = false;
  }

  /** Resolves with the first true value of `look`, asked again after every call that came in. */
  async until<T>(look: () => T | undefined | false): Promise<T> {
    for (;;) {
      const seen = look();
      if (seen !== undefined && seen !== false) return seen;
      await once(this.#changes, "change");
    }
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const path = new URL(request.url ?? "/", "http://x").pathname;
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      if (await this.#faulty(path, response)) return;
      const answer = await this.#answer(request, path, Buffer.concat(chunks));
      if (Buffer.isBuffer(answer)) response.end(answer);
      else response.setHeader("content-type", "application/json").end(JSON.stringify(answer));
    } catch (error) {
      const problem =
        error instanceof AppError ? error : new AppError("BAD_REQUEST", String(error));
      response.statusCode = problemOf(problem).status;
      response.end(JSON.stringify(problemOf(problem)));
    } finally {
      this.#changes.emit("change");
    }
  }

  async #faulty(path: string, response: ServerResponse): Promise<boolean> {
    const fault = this.#faults.find(
      (candidate) => candidate.times > 0 && candidate.path.test(path),
    );
    if (fault === undefined) return false;
    fault.times -= 1;
    if (fault.how instanceof Promise) {
      await fault.how;
      return false;
    }
    if (fault.how !== "reset") throw new AppError(fault.how);
    response.destroy();
    return true;
  }

  async #answer(request: IncomingMessage, path: string, body: Buffer): Promise<unknown> {
    const json = (): unknown => JSON.parse(body.toString());
    if (path === "/api/containers") return this.#register(request, json());
    if (!this.#knows || !/^Bearer container-\d+$/.test(request.headers.authorization ?? "")) {
      throw new AppError("CONTAINER_UNKNOWN");
    }
    const [, kind = "", id = "", what = "", number = ""] =
      /^\/api\/(containers|leases)\/([^/]+)\/([a-z]+)(?:\/(\d+))?$/.exec(path) ?? [];
    if (kind === "containers" && what === "heartbeat") return this.#heartbeat(json());
    if (kind === "containers" && what === "leases") return await this.#lease(request, json());
    if (kind === "containers" && what === "logs") {
      this.logs.push(logsBody.parse(json()).lines);
      return {};
    }
    if (kind === "leases") return this.#write(id, what, Number(number), body);
    if (path.startsWith("/documents/")) return this.#document(path);
    return this.#cache(request, path, body);
  }

  #register(request: IncomingMessage, body: unknown): unknown {
    if (request.headers.authorization !== "Bearer registration") throw new AppError("UNAUTHORIZED");
    this.registrations.push(registerBody.parse(body));
    this.#knows = true;
    const id = `container-${this.registrations.length}`;
    const { heartbeatSeconds, pollSeconds } = this;
    return { id, token: id, protocol: 1, heartbeatSeconds, pollSeconds };
  }

  #heartbeat(body: unknown): unknown {
    const beat = heartbeatBody.parse(body);
    this.heartbeats.push(beat);
    const { drain, drainSeconds, forgotten } = this;
    const lost = beat.leases.filter((lease) => this.lost.has(lease));
    return { drain, drainSeconds, lost, forgotten };
  }

  async #lease(request: IncomingMessage, json: unknown): Promise<unknown> {
    const body = leasesBody.parse(json);
    this.requests.push(body);
    const isTooLarge = ({ lease, outcome }: Settlement): boolean =>
      outcome.kind === "done" && this.tooLarge.has(lease);
    if (body.settle.some(isTooLarge)) throw new AppError("FILE_TOO_LARGE");
    for (const { lease, outcome } of body.settle) {
      this.settled.set(lease, outcome);
      this.#queue.push(...(this.frees.get(lease) ?? []));
    }
    const settled = body.settle.map(({ lease }) => ({ lease, accepted: true, code: null }));
    this.#changes.emit("change");
    const gone = new Promise((resolve) => request.socket.once("close", () => resolve(true)));
    const late = new Promise((resolve) => setTimeout(resolve, body.waitSeconds * 1000).unref());
    while (this.#queue.length === 0 && body.capacity > 0) {
      const changed = once(this.#changes, "change");
      if (await Promise.race([changed.then(() => false), late.then(() => true), gone])) break;
    }
    if (request.socket.destroyed) return {};
    return { settled, leases: this.#queue.splice(0, body.capacity) };
  }

  #write(lease: string, what: string, number: number, body: Buffer): unknown {
    if (this.lost.has(lease)) throw new AppError("LEASE_LOST");
    if (what === "pages") this.pages.push({ lease, page: number, bytes: body.byteLength });
    else if (what === "progress") {
      this.progress.push({ lease, body: progressBody.parse(JSON.parse(body.toString())) });
    } else if (what === "slides") {
      const parsed = slideBody.parse(JSON.parse(body.toString()));
      this.slides.push({ lease, slide: number, body: parsed });
    } else throw new AppError("ROUTE_NOT_FOUND");
    return {};
  }

  #document(path: string): Buffer {
    const bytes = this.documents.get(path.slice("/documents/".length));
    if (bytes === undefined) throw new AppError("DOCUMENT_NOT_FOUND");
    return bytes;
  }

  #cache(request: IncomingMessage, path: string, body: Buffer): unknown {
    if (path === "/api/results/save") {
      const saved: unknown = JSON.parse(body.toString());
      this.saved.push(saved);
      return {};
    }
    if (path === "/api/cache/visual-results") {
      const { document, slides } = JSON.parse(body.toString());
      this.cached.set(document, slides);
      return {};
    }
    const document = new URL(request.url ?? "/", "http://x").searchParams.get("document") ?? "";
    if (!this.cached.has(document)) throw new AppError("UNKNOWN_DOCUMENT");
    return { document, slides: this.cached.get(document) };
  }
}
