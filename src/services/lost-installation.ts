import { hasEverRun } from "../db/replicas.ts";
import { AppError, failureOf } from "../errors/app-error.ts";
import type { ServiceContext } from "./context.ts";
import type { KnownProvider } from "./reconciler/look.ts";

/**
 * A new database beside replicas that run under another id: perhaps those of the database that was
 * lost, which nobody would ever stop. Throws INSTALLATION_LOST; a provider that does not answer is
 * no reason not to start.
 */
export async function refuseLostInstallation(
  context: Pick<ServiceContext, "sql" | "log">,
  providers: readonly KnownProvider[],
  installation: string,
): Promise<void> {
  const rented = providers.filter(({ kind }) => kind === "verda" || kind === "kubernetes");
  if (rented.length === 0 || (await hasEverRun(context.sql))) return;
  for (const { provider } of rented) {
    const others = await othersAt(context, provider, installation);
    if (others.length === 0) continue;
    const ids = [...new Set(others.map((one) => one.installation))].join(", ");
    throw new AppError(
      "INSTALLATION_LOST",
      `At ${provider.name}: ${others.map(({ name }) => name).join(", ")}. Set PILOTLIGHT_INSTALLATION to ${ids} if they are yours, or to ${installation} to go on beside them.`,
    );
  }
}

async function othersAt(
  { log }: Pick<ServiceContext, "log">,
  provider: KnownProvider["provider"],
  installation: string,
) {
  try {
    const seen = await provider.observe();
    return seen.filter((one) => one.installation !== installation && one.state !== "exited");
  } catch (error) {
    const { code, detail } = failureOf(error);
    log.warn({ provider: provider.name, code, detail }, "not asked for lost replicas");
    return [];
  }
}
