import { built } from "./product.ts";
import { processRunner, type StubRunner } from "./verda/runner.ts";
import { startVerdaStub, type VerdaStub } from "./verda/verda-stub.ts";

/** One region of a stub Verda whose replicas are our own workers as processes of this machine. */
export interface Region {
  readonly name: string;
  readonly stub: VerdaStub;
  /** As an entry of the setting `providers`. */
  readonly provider: Readonly<Record<string, string>>;
  /** The environment a stack needs to rent there. */
  readonly env: Env;
}

type Env = Readonly<Record<string, string>>;

/** Workers of the built product; healthy as soon as their API listens. */
function workers(workerEnv: Env): StubRunner {
  const listening = new Map<string, () => void>();
  return processRunner({
    file: built("worker/main.js"),
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      TMPDIR: process.env.TMPDIR,
      ...workerEnv,
    },
    // Several of them share one machine here: each takes a free port.
    envOf: () => ({ PILOTLIGHT_HOST: "127.0.0.1", PILOTLIGHT_PORT: "0" }),
    ready: ({ replicaId }) =>
      new Promise((resolve) => {
        listening.set(replicaId, resolve);
      }),
    onOutput: ({ replicaId }, text) => {
      if (text.includes('"listening"')) listening.get(replicaId)?.();
    },
  });
}

type StubGiven = NonNullable<Parameters<typeof startVerdaStub>[0]>;

export interface RegionGiven extends StubGiven {
  /** More environment for its workers, which the product knows nothing of. */
  readonly workerEnv?: Env;
}

/** @param name lower case: it becomes part of the names of variables */
export async function openRegion(name: string, given: RegionGiven = {}): Promise<Region> {
  const { workerEnv = {}, ...rest } = given;
  const stub = await startVerdaStub({ runner: workers(workerEnv), graceMs: 30_000, ...rest });
  const id = `STUB_${name.toUpperCase()}_ID`;
  const secret = `STUB_${name.toUpperCase()}_SECRET`;
  return {
    name,
    stub,
    provider: {
      kind: "verda",
      name,
      region: name.toUpperCase(),
      apiUrl: stub.apiUrl,
      clientIdFrom: id,
      clientSecretFrom: secret,
      image: "registry.example/pilotlight-worker:0.1.0",
    },
    env: { [id]: stub.clientId, [secret]: stub.clientSecret },
  };
}
