import type { Fetch } from "../transport.ts";

const answerMs = 5_000;

/** Asks a container through the provider's balancer, with an inference key. Any trouble is a no. */
export function createHealth(fetch: Fetch, key: string) {
  return async (endpoint: string): Promise<boolean> => {
    const url = `${endpoint.replace(/\/+$/, "")}/api/health`;
    // The key goes nowhere in the clear.
    if (!url.startsWith("https://")) return false;
    try {
      const headers = { authorization: `Bearer ${key}` };
      const signal = AbortSignal.timeout(answerMs);
      const response = await fetch(url, { headers, signal, redirect: "error" });
      await response.body?.cancel();
      return response.ok;
    } catch {
      return false;
    }
  };
}
