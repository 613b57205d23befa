import { AppError } from "../../errors/app-error.ts";
import type { Clock } from "../../lib/clock.ts";
import { createSemaphore } from "../../lib/semaphore.ts";
import type { Log } from "../../telemetry/log.ts";
import {
  type Price,
  type Provider,
  parseReplicaName,
  type ReplicaSighting,
  type ReplicaSpec,
} from "../provider.ts";
import { createVerdaApi, type VerdaApi } from "./deployments.ts";
import { isNotFound, VerdaError } from "./errors.ts";
import { createVerdaHttp, type VerdaHttp } from "./http.ts";
import { createInTurn } from "./in-turn.ts";
import { createParked } from "./parked.ts";
import { pricesOf } from "./prices.ts";
import { type DeploymentAnswer, deploymentAnswer } from "./schemas.ts";
import { sweepSecrets } from "./secrets.ts";
import { chosenReplica, needsStatus, sightingOf } from "./sightings.ts";
import { startReplica } from "./start.ts";
import { stopReplica } from "./stop.ts";
import { together } from "./together.ts";
import { createTokens } from "./token.ts";
import { createTransport, type Fetch } from "./transport.ts";
import type { VerdaMount } from "./wanted.ts";

export interface VerdaProviderOptions {
  readonly name: string;
  /** A label: the API places containers itself. */
  readonly region: string | null;
  readonly installation: string;
  /** With the version, without a slash at its end: `https://api.verda.com/v1`. */
  readonly apiUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** With a tag that is not `latest`, or a digest. */
  readonly image: string;
  /** Port of the worker's own API. Default 8000. */
  readonly port?: number;
  /** Default `/api/health`. */
  readonly healthPath?: string;
  /** Name of stored credentials of the image's registry; null: it is public. */
  readonly registryCredentials: string | null;
  readonly mounts?: readonly VerdaMount[];
  readonly clock: Clock;
  readonly log: Log;
  readonly fetch?: Fetch;
  /** Deadline of one HTTP call. Default 15 s. */
  readonly callMs?: number;
  /** Running replicas are paid in whole pieces of this. Default 10 minutes. */
  readonly quantumMs?: number;
}

export interface VerdaProvider extends Provider {
  /**
   * Deletes the deployment of that name, and the stored secrets that no other one needs. May be
   * repeated. Throws what `apply` throws, and INTERNAL for a name of another installation.
   */
  endOf(name: string): Promise<void>;
}

const looksAtOnce = 4;
const pricesKeptMs = 60_000;

/** Replicas as containers at Verda (DataCrunch): one deployment each, of the replica's name. */
export function createVerdaProvider(options: VerdaProviderOptions): VerdaProvider {
  const { clock, installation } = options;
  const api = openApi(options);
  const turns = createInTurn();
  const looks = createSemaphore(looksAtOnce);
  const parked = createParked(clock);
  const start = {
    api,
    log: options.log,
    key: options.clientSecret,
    container: {
      image: options.image,
      port: options.port ?? 8000,
      healthPath: options.healthPath ?? "/api/health",
      registryCredentials: options.registryCredentials,
      mounts: options.mounts ?? [],
    },
  };
  const isOurs = (name: string): boolean => parseReplicaName(name)?.installation === installation;
  const mustBeOurs = (name: string, owner = installation): void => {
    if (owner === installation && isOurs(name)) return;
    throw new AppError("INTERNAL", `${name} belongs to another installation`);
  };
  const look = async (row: { readonly name: string }): Promise<ReplicaSighting | null> => {
    if (parked.has(row.name)) return null;
    const orders = parked.orders(row.name);
    const seen = await sightingIn(api, readDeployment(row), options.region);
    if (seen === null && isOurs(row.name)) parked.seen(row.name, orders);
    return seen;
  };

  return {
    name: options.name,
    billingQuantumMs: options.quantumMs ?? 600_000,
    async observe() {
      const rows = (await api.list()).filter(({ name }) => parseReplicaName(name) !== null);
      const seen = await together(rows.map((row) => looks.run(() => look(row))));
      return seen.filter((sighting) => sighting !== null);
    },
    async apply(spec: ReplicaSpec, want) {
      mustBeOurs(spec.name, spec.installation);
      const give = async (): Promise<boolean> => {
        if (want === "stopped") return await stopReplica(api, spec.name);
        await startReplica(start, spec);
        return false;
      };
      await turns.run(spec.name, () => parked.during(spec.name, give));
    },
    prices: createPrices(api, options.region, clock),
    async endOf(name) {
      mustBeOurs(name);
      await turns.run(name, () => endDeployment(api, installation, name));
    },
  };
}

const openApi = (options: VerdaProviderOptions): VerdaApi => createVerdaApi(openHttp(options));

/** Calls with these credentials, as the provider makes them. */
export function openHttp(
  options: Pick<
    VerdaProviderOptions,
    "apiUrl" | "callMs" | "clientId" | "clientSecret" | "clock" | "fetch"
  >,
): VerdaHttp {
  const { clock, clientId, clientSecret, apiUrl } = options;
  const transport = createTransport({
    apiUrl,
    clock,
    fetch: options.fetch ?? ((url, init) => fetch(url, init)),
    callMs: options.callMs ?? 15_000,
    hidden: [clientSecret],
  });
  return createVerdaHttp(transport, createTokens({ transport, clock, clientId, clientSecret }));
}

function readDeployment(row: { readonly name: string }): DeploymentAnswer {
  const read = deploymentAnswer.safeParse(row);
  if (read.success) return read.data;
  const detail = `GET /container-deployments: unexpected row of ${row.name}`;
  throw new VerdaError("PROVIDER_UNREACHABLE", detail, { status: 200, reason: null });
}

/** Asks no more than it needs: two calls for one that runs, one more where the list is silent. */
async function sightingIn(
  api: VerdaApi,
  deployment: DeploymentAnswer,
  region: string | null,
): Promise<ReplicaSighting | null> {
  const { name } = deployment;
  const replicas = await api.replicas(name);
  // Deleted since the list was made.
  if (replicas === null) return null;
  const [status, scaling] = await together([
    needsStatus(chosenReplica(replicas)) ? api.status(name) : null,
    deployment.scaling ?? api.scaling(name),
  ]);
  return sightingOf({ deployment, replicas, status, scaling }, region);
}

async function endDeployment(api: VerdaApi, installation: string, name: string): Promise<void> {
  try {
    await api.remove(name);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  await sweepSecrets(api, installation, name);
}

/** Asked for at most once a minute; callers that come together share one question. */
function createPrices(api: VerdaApi, region: string | null, clock: Clock) {
  let kept: { readonly untilMs: number; readonly prices: Promise<Price[]> } | null = null;
  const ask = async (): Promise<Price[]> => {
    const [resources, types] = await together([api.resources(), api.types()]);
    return pricesOf(resources, types, region);
  };
  return async (): Promise<Price[]> => {
    if (kept === null || clock.nowMs() >= kept.untilMs) {
      const asked = { untilMs: clock.nowMs() + pricesKeptMs, prices: ask() };
      kept = asked;
      asked.prices.catch(() => {
        if (kept === asked) kept = null;
      });
    }
    return await kept.prices;
  };
}
