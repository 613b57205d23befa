import { ollamaUrl } from "../engines/ollama/host.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Where a model server of our own listens: on loopback, at the port that OLLAMA_HOST names. */
export function ownHost(ollamaHost: string): string {
  const { port, protocol } = ollamaUrl(ollamaHost);
  const usual = protocol === "https:" ? "443" : "80";
  return `127.0.0.1:${port === "" ? usual : port}`;
}

/**
 * The environment of a model server: ours without what is meant for the container (tokens among it), and
 * with what one model in one container needs. Names are Ollama's; other servers pass them by.
 */
export function modelEnvironment(
  env: Environment,
  given: { readonly slots: number; readonly host: string },
): Record<string, string | undefined> {
  const others = Object.entries(env).filter(([name]) => !/^(PILOTLIGHT|NODE)_/.test(name));
  return {
    ...Object.fromEntries(others),
    OLLAMA_HOST: given.host,
    // One place for each task: its own default is one.
    OLLAMA_NUM_PARALLEL: String(given.slots),
    OLLAMA_KEEP_ALIVE: "-1",
    OLLAMA_MAX_LOADED_MODELS: "1",
    // Decks are confidential: nothing may be answered elsewhere.
    OLLAMA_NO_CLOUD: "1",
    // A folder of models is shared, so what this server does not know of must not be cleared away.
    ...(env.OLLAMA_MODELS ? { OLLAMA_NOPRUNE: "1" } : {}),
  };
}
