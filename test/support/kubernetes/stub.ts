import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { Faults } from "./faults.ts";
import { StubNode } from "./node.ts";
import { type Meta, type Pod, Refusal, type Secret, takesFields, takesLabels } from "./objects.ts";
import type { Runner } from "./runner.ts";

const token = "stub-token";

/**
 * A Kubernetes API server for tests, with a node that runs the Pods at once. It knows Pods, their
 * logs, Secrets and events, over real HTTP, in one namespace; it fails on demand.
 */
export class KubernetesStub {
  readonly node: StubNode;
  readonly faults = new Faults();
  /** `POST /api/v1/namespaces/...`, in the order they came. */
  readonly calls: string[] = [];
  readonly namespace = "decks";
  /** Hears of each call before it is done, and may do something first. */
  onCall: (call: string) => void = () => undefined;
  /** Most items that a page of a list holds, whatever the client allows. */
  pageItems = 1_000;
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  readonly #hung = new Set<Socket>();
  #changes = 0;
  #dropped = 0;
  #waiting: (() => void)[] = [];

  constructor(runner?: Runner) {
    this.node = new StubNode(() => this.#changed(), runner);
  }

  async start(): Promise<this> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return this;
  }

  async stop(): Promise<void> {
    await this.node.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  kubeconfig(options: { token?: string; port?: number } = {}): string {
    const port = options.port ?? (this.#server.address() as AddressInfo).port;
    return JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      "current-context": "stub",
      contexts: [{ name: "stub", context: { cluster: "stub", user: "stub" } }],
      clusters: [
        {
          name: "stub",
          cluster: { server: `http://127.0.0.1:${port}`, "insecure-skip-tls-verify": true },
        },
      ],
      users: [{ name: "stub", user: { token: options.token ?? token } }],
    });
  }

  changes(): number {
    return this.#changes;
  }

  changedSince(changes: number): Promise<void> {
    if (this.#changes > changes) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Resolves when the Pod's container runs. */
  up(name: string): Promise<void> {
    return this.#until(() => this.node.pods.get(name)?.status.phase === "Running");
  }

  /** Resolves when its container has ended and the Pod is still there. */
  ended(name: string): Promise<void> {
    return this.#until(() => /Succeeded|Failed/.test(this.node.pod(name).status.phase));
  }

  /** Resolves when so many calls that were not answered have been given up by the client. */
  dropped(count: number): Promise<void> {
    return this.#until(() => this.#dropped >= count);
  }

  /** From now on calls fail now and then, as the seed says; `calm` ends that. */
  disturb(seed: number): void {
    this.faults.disturb(seed);
  }

  calm(): void {
    this.faults.calm();
    for (const socket of this.#hung) socket.destroy();
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) await this.changedSince(this.#changes);
  }

  #changed(): void {
    this.#changes += 1;
    const woken = this.#waiting;
    this.#waiting = [];
    for (const wake of woken) wake();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = `${request.method} ${request.url}`;
    this.calls.push(call);
    this.onCall(call);
    let text = "";
    for await (const chunk of request) text += String(chunk);
    const fault = this.faults.of(call);
    const answer = fault?.when === "before" ? null : this.#do(request, text);
    const how = fault?.how ?? answer;
    if (how === "hang") this.#hang(request.socket);
    else if (how === "reset") request.socket.resetAndDestroy();
    else if (how instanceof Refusal) {
      response.writeHead(how.status, { "content-type": "application/json", ...how.headers });
      response.end(JSON.stringify(how.body()));
    } else if (typeof how === "string") {
      response.writeHead(200, { "content-type": "text/plain" }).end(how);
    } else {
      const status = request.method === "POST" ? 201 : 200;
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(how));
    }
  }

  /** Silence. The socket stays open for as long as the client has patience. */
  #hang(socket: Socket): void {
    this.#hung.add(socket);
    socket.once("close", () => {
      this.#hung.delete(socket);
      this.#dropped += 1;
      this.#changed();
    });
  }

  #do(request: IncomingMessage, text: string): object | string {
    try {
      if (request.headers.authorization !== `Bearer ${token}`) {
        throw new Refusal(401, "Unauthorized", "Unauthorized");
      }
      return this.#route(request, text);
    } catch (error) {
      if (error instanceof Refusal) return error;
      return new Refusal(500, "InternalError", String(error));
    }
  }

  #route(request: IncomingMessage, text: string): object | string {
    const url = new URL(request.url ?? "/", "http://stub");
    const [, namespace, kind, name, part] =
      /^\/api\/v1\/namespaces\/([^/]+)\/(\w+)(?:\/([^/]+))?(?:\/(log))?$/.exec(url.pathname) ?? [];
    if (namespace !== this.namespace) {
      throw new Refusal(404, "NotFound", `namespaces "${namespace}" not found`);
    }
    const what = [request.method, kind, name && "one", part].filter(Boolean).join(" ");
    const body = text === "" ? {} : JSON.parse(text);
    switch (what) {
      case "GET pods":
        return this.#list("PodList", [...this.node.pods.values()], url.searchParams);
      case "POST pods":
        return this.node.create(body as Pod);
      case "GET pods one":
        return this.node.pod(name ?? "");
      case "DELETE pods one":
        return this.node.delete(name ?? "", body.preconditions?.uid);
      case "GET pods one log":
        return tailOf(this.node.log(name ?? ""), Number(url.searchParams.get("tailLines") ?? 1e6));
      case "GET events":
        return this.#list("EventList", this.node.events, url.searchParams);
      case "POST secrets":
        return this.node.putSecret(body as Secret);
      case "PATCH secrets one":
        return this.#patch(request, this.node.secret(name ?? ""), body);
      case "DELETE secrets one":
        this.node.deleteSecret(name ?? "");
        return { kind: "Status", status: "Success" };
      default:
        throw new Refusal(405, "MethodNotAllowed", `${what} is not known here`);
    }
  }

  #patch(request: IncomingMessage, secret: Secret, body: { metadata: Meta }): Secret {
    if (request.headers["content-type"] !== "application/merge-patch+json") {
      throw new Refusal(415, "UnsupportedMediaType", "not a merge patch");
    }
    Object.assign(secret.metadata, body.metadata);
    return secret;
  }

  #list(kind: string, all: readonly { metadata: Meta }[], query: URLSearchParams): object {
    const labels = query.get("labelSelector") ?? "";
    const fields = query.get("fieldSelector") ?? "";
    const after = query.get("continue") ?? "";
    const rest = all
      .filter(({ metadata }) => takesLabels(labels, metadata.labels ?? {}))
      .filter((one) => takesFields(fields, one))
      .filter(({ metadata }) => metadata.name > after)
      .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
    const items = rest.slice(0, Math.min(Number(query.get("limit") ?? 1e6), this.pageItems));
    const next = items.length < rest.length ? items.at(-1)?.metadata.name : undefined;
    return { kind, apiVersion: "v1", metadata: { continue: next ?? "" }, items };
  }
}

const tailOf = (text: string, lines: number): string =>
  text
    .split(/(?<=\n)/)
    .slice(-lines)
    .join("");
