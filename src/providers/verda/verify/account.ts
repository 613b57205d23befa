import { dollars } from "../../../core/cost/money.ts";
import type { Needs } from "../../../core/fleet/needs.ts";
import type { Price } from "../../provider.ts";
import type { Asking } from "./parts.ts";
import type { FactValue } from "./questions.ts";
import { field } from "./witness.ts";

/** Credentials, token and prices: nothing of it costs anything. Throws what `prices` throws. */
export async function askAccount(asking: Asking, needs: Needs): Promise<Price[]> {
  const { notebook, provider, witness } = asking;
  let prices: Price[];
  try {
    prices = await provider.prices();
  } catch (error) {
    const token = witness.last("POST", "/oauth2/token");
    const refused = token !== undefined && token.status >= 400 && token.status < 500;
    if (refused) notebook.settle("credentials", false, `the token was refused: ${token.status}`);
    throw error;
  }
  notebook.settle("credentials", true, "a token was given, and prices were told for it");
  const life = field(witness.last("POST", "/oauth2/token")?.body, "expires_in");
  if (life === undefined) notebook.leave("token_seconds", "the answer names no life");
  else notebook.settle("token_seconds", Number(life), "expires_in of the token; not waited for");
  const [resource] = rowsOf(witness.last("GET", "/serverless-compute-resources")?.body);
  const size = field(resource, "size");
  if (size !== undefined) {
    notebook.settle("numbers", typeof size === "string" ? "text" : "numbers", "size of a machine");
  }
  tellPrices(
    asking,
    prices.filter((price) => isAllowed(needs, price)),
  );
  return prices;
}

const rowsOf = (body: unknown): readonly unknown[] => (Array.isArray(body) ? body : []);

const isAllowed = ({ gpuTypes }: Needs, { gpu }: Price): boolean =>
  gpuTypes.length === 0 ||
  gpuTypes.some((type) => type.toLowerCase() === (gpu ?? "").toLowerCase());

function tellPrices({ notebook }: Asking, prices: readonly Price[]): void {
  if (prices.length === 0) {
    notebook.leave("prices", "no allowed machine is offered");
    return;
  }
  const unpriced = names(prices.filter((price) => price.microUsdPerHour === "unpriced"));
  const away = names(prices.filter((price) => price.isAvailable === false));
  const priced = prices.filter((price) => typeof price.microUsdPerHour === "number");
  const evidence = [
    priced
      .map((price) => `${nameOf(price)}${price.spot ? " spot" : ""} ${priceOf(price)}`)
      .join(", "),
    unpriced === "" ? "none is unpriced" : `unpriced: ${unpriced}`,
    away === "" ? "all are free" : `not free: ${away}`,
  ];
  notebook.settle("prices", prices.map(rowOf), evidence.filter((text) => text !== "").join("; "));
}

const nameOf = ({ gpu, gpus }: Price): string => `${gpu}${gpus === 1 ? "" : ` x${gpus}`}`;
const names = (prices: readonly Price[]): string => [...new Set(prices.map(nameOf))].join(", ");
const priceOf = ({ microUsdPerHour }: Price): string =>
  typeof microUsdPerHour === "number" ? `${dollars(microUsdPerHour)}/h` : "unpriced";

const rowOf = ({ gpu, gpus, spot, microUsdPerHour, isAvailable }: Price): FactValue => ({
  gpu,
  gpus,
  spot,
  microUsdPerHour,
  isAvailable,
});
