import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { systemClock } from "../../../src/lib/clock.ts";
import { paidMsOf } from "./bill.ts";
import { stubMachines } from "./catalogue.ts";
import { disturbedBy, type Fault, failingBy, unauthorized } from "./faults.ts";
import { killReplica, settle } from "./life.ts";
import { answerTo, type StubAnswer } from "./routes.ts";
import { emptyRunner } from "./runner.ts";
import {
  capacityKey,
  changed,
  changedSince,
  openState,
  type StubBillRow,
  type StubCall,
  type StubDeployment,
  type StubOptions,
  type StubState,
  type StubTroubles,
  until,
} from "./state.ts";
import { firstSwitches } from "./switches.ts";

export interface VerdaStub {
  /** What a client takes as the API's address, with the version. */
  readonly apiUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Every call so far, in order. */
  readonly calls: readonly StubCall[];
  readonly deployments: ReadonlyMap<string, StubDeployment>;
  /** Values by name. */
  readonly secrets: ReadonlyMap<string, string>;
  /** May be changed while it runs. */
  readonly troubles: StubTroubles;
  readonly bill: readonly StubBillRow[];
  /** What the bill comes to in paid time, by the switch `rounding`. */
  paidMs(): number;
  /** How often such a call was made: `count("POST", /token$/)`. */
  count(method: string, path: RegExp): number;
  /** The next calls of this kind meet this fault. */
  fail(method: string, path: RegExp, fault: Fault, times?: number): void;
  /** Calls fail now and then by this seed, until `calm`. */
  disturb(seed: number): void;
  /** Every call fails by this seed, also for a token, until `calm`. */
  goDown(seed: number): void;
  calm(): void;
  /** How many replicas on this machine may run at once; null: any number. */
  setCapacity(gpu: string, size: number, replicas: number | null): void;
  /** Takes the machine of a replica away; another one comes if there is room. */
  preempt(name: string): void;
  /** The container dies by itself. */
  crash(name: string): void;
  /** Resolves when a replica of this deployment runs, and is to go on. */
  up(name: string): Promise<void>;
  until(holds: () => boolean): Promise<void>;
  changes(): number;
  changedSince(changes: number): Promise<void>;
  /** Kills every container, waits for their ends, and closes. */
  close(): Promise<void>;
}

/**
 * A server on the loopback that behaves as the container API of Verda is said to. What is not known
 * about it is a switch; what goes wrong there is a trouble or a fault.
 */
export async function startVerdaStub(given: Partial<StubOptions> = {}): Promise<VerdaStub> {
  const options: StubOptions = {
    clock: systemClock,
    switches: firstSwitches,
    clientId: "stub-client",
    clientSecret: "stub-client-secret",
    machines: stubMachines,
    runner: emptyRunner,
    graceMs: 30_000,
    startMs: 0,
    deferDelete: (end) => void setImmediate(end),
    onHang: () => undefined,
    ...given,
  };
  const state = openState(options);
  const server = createServer((request, response) => void serve(state, request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    apiUrl: `http://127.0.0.1:${port}/v1`,
    clientId: options.clientId,
    clientSecret: options.clientSecret,
    calls: state.calls,
    deployments: state.deployments,
    secrets: state.secrets,
    troubles: state.troubles,
    bill: state.bill,
    paidMs: () => paidMsOf(state.bill, options.switches.rounding, options.clock.nowMs()),
    count: (method, path) =>
      state.calls.filter((call) => call.method === method && path.test(call.path)).length,
    fail: (method, path, fault, times = 1) =>
      void state.ordered.push({ method, path, fault, times }),
    disturb(seed) {
      state.schedule = disturbedBy(seed);
    },
    goDown(seed) {
      state.schedule = failingBy(seed);
      state.isDown = true;
    },
    calm() {
      state.isDown = false;
      state.schedule = null;
    },
    setCapacity(gpu, size, replicas) {
      if (replicas === null) state.capacity.delete(capacityKey(gpu, size));
      else state.capacity.set(capacityKey(gpu, size), replicas);
      for (const deployment of state.deployments.values()) settle(state, deployment);
    },
    preempt: (name) => killReplica(state, name),
    crash: (name) => killReplica(state, name),
    up: (name) => until(state, () => isUp(state.deployments.get(name))),
    until: (holds) => until(state, holds),
    changes: () => state.changes,
    changedSince: (changes) => changedSince(state, changes),
    close: () => close(state, server),
  };
}

const isUp = (deployment: StubDeployment | undefined): boolean =>
  deployment?.replicas.some((replica) => replica.status === "running") ?? false;

async function close(state: StubState, server: Server): Promise<void> {
  state.isClosed = true;
  const ends = [...state.deployments.values()]
    .flatMap((deployment) => deployment.replicas)
    .map((replica) => {
      replica.run.stop("SIGKILL");
      return replica.run.exited;
    });
  await Promise.all(ends);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function serve(state: StubState, request: IncomingMessage, response: ServerResponse) {
  response.on("error", () => undefined);
  const url = new URL(request.url ?? "/", "http://stub.invalid");
  const method = request.method ?? "GET";
  const path = url.pathname.replace(/^\/v1/, "");
  const body = await bodyOf(request).catch(() => null);
  const call: StubCall = { method, path, body, status: null };
  state.calls.push(call);
  const isToken = path === "/oauth2/token";
  const isSpared = isToken && !state.isDown;
  const drawn = isSpared ? null : (state.schedule?.() ?? null);
  const fault = takeOrdered(state, method, path) ?? drawn;
  const own = isToken || isAuthorized(state, request) ? fault : unauthorized;
  if (own?.when === "before") return fail(state, request, response, call, own);
  const answer = answerTo(state, { method, path, query: url.searchParams, body });
  if (own !== null) return fail(state, request, response, call, own);
  send(response, call, answer);
}

function takeOrdered(state: StubState, method: string, path: string): Fault | null {
  const order = state.ordered.find(
    (one) => one.times > 0 && one.method === method && one.path.test(path),
  );
  if (order === undefined) return null;
  order.times -= 1;
  return order.fault;
}

function isAuthorized(state: StubState, request: IncomingMessage): boolean {
  const token = request.headers.authorization?.replace(/^Bearer /, "") ?? "";
  const endMs = state.tokens.get(token) ?? Number.NEGATIVE_INFINITY;
  return !state.troubles.tokensRefused && state.options.clock.nowMs() < endMs;
}

function fail(
  state: StubState,
  request: IncomingMessage,
  response: ServerResponse,
  call: StubCall,
  fault: Fault,
): void {
  if (fault.kind === "reset") response.destroy();
  else if (fault.kind === "answer") send(response, call, fault);
  else {
    const { "x-call": id } = request.headers;
    state.options.onHang(typeof id === "string" ? id : undefined);
  }
  changed(state);
}

function send(
  response: ServerResponse,
  call: StubCall,
  answer: StubAnswer & { readonly headers?: Readonly<Record<string, string>> },
): void {
  call.status = answer.status;
  const headers = { "content-type": "application/json", ...answer.headers };
  response.writeHead(answer.status, headers);
  if (answer.body === undefined) response.end();
  else response.end(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body));
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = "";
  request.setEncoding("utf8");
  for await (const chunk of request) text += chunk;
  return text === "" ? null : JSON.parse(text);
}
