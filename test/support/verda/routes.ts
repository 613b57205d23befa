import { usdOf } from "./bill.ts";
import { resourceRow, typeRow } from "./catalogue.ts";
import { closePausedRows, hasRoom, replicaWord, settle, statusOf } from "./life.ts";
import type { StubContainer, StubDeployment, StubEnv, StubScaling, StubState } from "./state.ts";
import { wrongInContainer, wrongInCreate, wrongInScaling } from "./validation.ts";

export interface StubAnswer {
  readonly status: number;
  readonly body?: unknown;
}

interface Ask {
  readonly state: StubState;
  readonly body: Record<string, unknown>;
  readonly query: URLSearchParams;
  /** Parts of the path that the route leaves open. */
  readonly parts: readonly string[];
}
type Route = (ask: Ask) => StubAnswer;
type DeploymentRoute = (ask: Ask, deployment: StubDeployment) => StubAnswer;

const ok = (body?: unknown): StubAnswer => ({ status: 200, body });
const refused = (status: number, code: string, message: string): StubAnswer => ({
  status,
  body: { code, message },
});
const invalid = (message: string) => refused(400, "invalid_request", message);
const notFound = refused(404, "not_found", "Not found");
const done = ({ state }: Ask): StubAnswer => ({
  status: Number(state.options.switches.orderAnswers),
});

const routes: readonly (readonly [string, RegExp, Route])[] = [
  ["POST", /^\/oauth2\/token$/, grant],
  ["GET", /^\/container-deployments$/, list],
  ["POST", /^\/container-deployments$/, create],
  [
    "GET",
    /^\/container-deployments\/([^/]+)$/,
    known((ask, it) => ok(deploymentRow(ask.state, it))),
  ],
  ["PATCH", /^\/container-deployments\/([^/]+)$/, known(patch)],
  ["DELETE", /^\/container-deployments\/([^/]+)$/, known(remove)],
  [
    "GET",
    /^\/container-deployments\/([^/]+)\/status$/,
    known((ask, it) => ok({ status: statusOf(ask.state, it) })),
  ],
  [
    "GET",
    /^\/container-deployments\/([^/]+)\/scaling$/,
    known((ask, it) => ok(numbersOf(ask.state, it.scaling))),
  ],
  ["PATCH", /^\/container-deployments\/([^/]+)\/scaling$/, known(patchScaling)],
  ["GET", /^\/container-deployments\/([^/]+)\/replicas$/, known(replicas)],
  ["GET", /^\/container-deployments\/([^/]+)\/environment-variables$/, known(environment)],
  ["POST", /^\/container-deployments\/([^/]+)\/pause$/, known(pause)],
  ["POST", /^\/container-deployments\/([^/]+)\/resume$/, known(resume)],
  ["GET", /^\/serverless-compute-resources$/, ({ state }) => ok(resourcesOf(state))],
  ["GET", /^\/container-types$/, ({ state }) => ok(typesOf(state))],
  ["GET", /^\/balance$/, balance],
  ["GET", /^\/secrets$/, ({ state }) => ok([...state.secrets.keys()].map(secretRow))],
  ["POST", /^\/secrets$/, createSecret],
  ["DELETE", /^\/secrets\/([^/]+)$/, removeSecret],
];

/** Does what a call asks for. */
export function answerTo(
  state: StubState,
  call: { method: string; path: string; query: URLSearchParams; body: unknown },
): StubAnswer {
  const body = (call.body ?? {}) as Record<string, unknown>;
  for (const [method, pattern, route] of routes) {
    const match = method === call.method ? pattern.exec(call.path) : null;
    if (match === null) continue;
    const parts = match.slice(1).map(decodeURIComponent);
    return route({ state, body, query: call.query, parts });
  }
  return notFound;
}

function known(route: DeploymentRoute): Route {
  return (ask) => {
    const deployment = ask.state.deployments.get(ask.parts[0] ?? "");
    return deployment === undefined ? notFound : route(ask, deployment);
  };
}

function grant({ state, body }: Ask): StubAnswer {
  const { clientId, clientSecret, clock, switches } = state.options;
  if (body.grant_type !== "client_credentials") {
    return refused(400, "unsupported_grant_type", "Unsupported");
  }
  if (body.client_id !== clientId || body.client_secret !== clientSecret) {
    return refused(400, "invalid_grant", `No client ${body.client_id} with ${body.client_secret}`);
  }
  state.serial += 1;
  const token = `token-${state.serial}`;
  const seconds = Number(switches.tokenLife);
  state.tokens.set(token, clock.nowMs() + seconds * 1000);
  state.troubles.tokensRefused = false;
  return ok({
    access_token: token,
    token_type: "Bearer",
    expires_in: numbersOf(state, seconds),
    refresh_token: `refresh-${state.serial}`,
    scope: "cloud-api-v1",
  });
}

function list({ state }: Ask): StubAnswer {
  return ok([...state.deployments.values()].map((one) => deploymentRow(state, one)));
}

/** Rows carry no status. */
function deploymentRow(state: StubState, deployment: StubDeployment) {
  const { switches } = state.options;
  const { image, env, ...rest } = deployment.container;
  const at = new Date(deployment.createdAtMs).toISOString();
  return {
    name: deployment.name,
    is_spot: deployment.isSpot,
    compute: numbersOf(state, deployment.compute),
    container_registry_settings: { is_private: false, credentials: null },
    containers: [
      {
        name: `${deployment.name}-0`,
        image: switches.imageShape === "string" ? image : { image, last_updated_at: at },
        ...(switches.envInGet === "present" ? { env } : {}),
        ...rest,
      },
    ],
    ...(switches.scalingInGet === "present"
      ? { scaling: numbersOf(state, deployment.scaling) }
      : {}),
    endpoint_base_url: `https://containers.invalid/${deployment.name}`,
    created_at: at,
  };
}

function create({ state, body }: Ask): StubAnswer {
  const wrong = wrongInCreate(state, body);
  if (wrong !== null) return invalid(wrong);
  const name = body.name as string;
  if (state.deployments.has(name)) {
    const { nameTaken } = state.options.switches;
    return refused(Number(nameTaken), "conflict", `${name} exists already`);
  }
  const compute = body.compute as StubDeployment["compute"];
  if (state.options.switches.noCapacity === "503" && !hasRoom(state, { compute })) {
    return refused(503, "service_unavailable", "No such machine is available");
  }
  const deployment: StubDeployment = {
    name,
    isSpot: body.is_spot === true,
    compute,
    container: containerOf((body.containers as [StubContainer])[0]),
    scaling: state.troubles.scalingLost ? null : (body.scaling as StubScaling),
    isPaused: false,
    isTerminating: false,
    createdAtMs: state.options.clock.nowMs(),
    replicas: [],
    isWaking: false,
  };
  state.deployments.set(name, deployment);
  settle(state, deployment);
  return {
    status: Number(state.options.switches.createAnswers),
    body: deploymentRow(state, deployment),
  };
}

const containerOf = (given: StubContainer): StubContainer => ({ ...given, env: given.env ?? [] });

function patch(ask: Ask, deployment: StubDeployment): StubAnswer {
  const { state, body } = ask;
  const movesMachine = body.compute !== undefined || body.is_spot !== undefined;
  if (movesMachine && state.options.switches.machineChange === "refused") {
    return invalid("compute cannot be changed");
  }
  const [container] = (body.containers ?? []) as (StubContainer & { readonly name?: string })[];
  if (container !== undefined) {
    if (container.name !== `${deployment.name}-0`) return invalid("containers.0.name is not known");
    const wrong = wrongInContainer(state, container);
    if (wrong !== null) return invalid(wrong);
    const { name: _, ...rest } = container;
    deployment.container = containerOf(rest);
  }
  if (body.compute !== undefined) deployment.compute = body.compute as StubDeployment["compute"];
  if (body.is_spot !== undefined) deployment.isSpot = body.is_spot === true;
  settle(state, deployment);
  return ok(deploymentRow(state, deployment));
}

function remove(ask: Ask, deployment: StubDeployment): StubAnswer {
  const { state } = ask;
  closePausedRows(state, deployment);
  deployment.isTerminating = true;
  const ends = () => settle(state, deployment);
  if (state.options.switches.deleteWaits === "at once") ends();
  else state.options.deferDelete(ends);
  return { status: Number(state.options.switches.deleteAnswers) };
}

function patchScaling(ask: Ask, deployment: StubDeployment): StubAnswer {
  const scaling = { ...deployment.scaling, ...ask.body } as StubScaling;
  const wrong = wrongInScaling(ask.state, scaling);
  if (wrong !== null) return invalid(wrong);
  deployment.scaling = scaling;
  settle(ask.state, deployment);
  return ok(numbersOf(ask.state, scaling));
}

function replicas({ state }: Ask, deployment: StubDeployment): StubAnswer {
  const row = (replica: StubDeployment["replicas"][number]) => ({
    id: replica.id,
    status: replicaWord(state, replica),
    started_at: new Date(replica.startedAtMs).toISOString(),
  });
  return ok({ list: deployment.replicas.map(row) });
}

function environment({ state }: Ask, { name, container }: StubDeployment): StubAnswer {
  if (state.options.switches.envShape === "flat") return ok(container.env);
  return ok([{ container_name: `${name}-0`, env: container.env }]);
}

function pause(ask: Ask, deployment: StubDeployment): StubAnswer {
  deployment.isPaused = true;
  settle(ask.state, deployment);
  return done(ask);
}

function resume(ask: Ask, deployment: StubDeployment): StubAnswer {
  const { state } = ask;
  if (state.options.switches.noCapacity === "503" && !hasRoom(state, deployment)) {
    return refused(503, "service_unavailable", "No such machine is available");
  }
  closePausedRows(state, deployment);
  deployment.isPaused = false;
  settle(state, deployment);
  return done(ask);
}

const secretRow = (name: string) => ({
  name,
  created_at: "2026-01-01T00:00:00.000Z",
  secret_type: "generic",
});

function createSecret(ask: Ask): StubAnswer {
  const { state, body } = ask;
  const name = String(body.name);
  // An API that repeats what it was sent: errors made of it must not.
  if (body.value === "") return invalid(`secret ${name}: no value in ${JSON.stringify(body)}`);
  if (state.secrets.has(name)) {
    return refused(Number(state.options.switches.nameTaken), "conflict", `${name} exists already`);
  }
  state.secrets.set(name, String(body.value));
  return done(ask);
}

function removeSecret(ask: Ask): StubAnswer {
  const { state, query } = ask;
  const name = ask.parts[0] ?? "";
  if (!state.secrets.has(name)) return notFound;
  const uses = (env: readonly StubEnv[]) =>
    env.some((one) => one.type === "secret" && one.value_or_reference_to_secret === name);
  const isUsed = [...state.deployments.values()].some((one) => uses(one.container.env));
  if (isUsed && query.get("force") !== "true") return invalid(`${name} is in use`);
  state.secrets.delete(name);
  return done(ask);
}

function balance({ state }: Ask): StubAnswer {
  const { switches, clock, machines } = state.options;
  if (switches.balance === "missing") return notFound;
  const usd = usdOf(state.bill, machines, switches.rounding, clock.nowMs());
  return ok(numbersOf(state, { amount: 100 - usd, currency: "usd" }));
}

function resourcesOf(state: StubState) {
  return state.options.machines.map((machine) => numbersOf(state, resourceRow(machine)));
}

function typesOf(state: StubState) {
  const number = (value: number) => numbersOf(state, value) as number | string;
  return state.options.machines.flatMap((machine) => typeRow(machine, number) ?? []);
}

/** Under one switch every number is told as text. */
function numbersOf(state: StubState, value: unknown): unknown {
  if (state.options.switches.numbers === "numbers") return value;
  return JSON.parse(JSON.stringify(value), (_, one: unknown) =>
    typeof one === "number" ? String(one) : one,
  ) as unknown;
}
