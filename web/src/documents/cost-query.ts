import { useQuery } from "@tanstack/react-query";
import type { ListedCost, ListedCosts } from "../../../src/contract/listed-costs.ts";
import { base, getJson } from "../api/client.ts";
import type { DocumentSummary } from "../api/types.ts";
import { isActive } from "../ui/progress-bar.tsx";

/** Rows that come into sight together ask together, and no more at once than the server answers. */
const togetherMs = 20;
const togetherMax = 200;
/** While it is worked on, and while only a container that served it goes on. */
const movingMs = 10_000;
const restingMs = 60_000;

interface Waiting {
  readonly id: string;
  readonly resolve: (cost: ListedCost | null) => void;
  readonly reject: (error: unknown) => void;
}
let waiting: Waiting[] = [];

function costOf(id: string): Promise<ListedCost | null> {
  return new Promise((resolve, reject) => {
    if (waiting.length === 0) window.setTimeout(askAll, togetherMs);
    waiting.push({ id, resolve, reject });
  });
}

function askAll(): void {
  const all = waiting;
  waiting = [];
  for (let from = 0; from < all.length; from += togetherMax) {
    void ask(all.slice(from, from + togetherMax));
  }
}

async function ask(some: readonly Waiting[]): Promise<void> {
  try {
    const params = new URLSearchParams({ ids: some.map(({ id }) => id).join(",") });
    const { costs } = await getJson<ListedCosts>(`${base}/documents/costs?${params}`);
    const found = new Map(costs.map((cost) => [cost.document, cost]));
    for (const { id, resolve } of some) resolve(found.get(id) ?? null);
  } catch (error) {
    for (const { reject } of some) reject(error);
  }
}

/** What a row shows of its cost. It is asked for anew when the document begins or ends. */
export function useListedCost({ id, pipeline }: DocumentSummary) {
  const active = isActive(pipeline);
  return useQuery({
    queryKey: ["listed cost", id, pipeline.generation, active],
    queryFn: () => costOf(id),
    staleTime: movingMs,
    refetchInterval: ({ state }) =>
      state.data?.complete === true ? false : active ? movingMs : restingMs,
  });
}
