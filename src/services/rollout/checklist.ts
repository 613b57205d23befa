import { dollars } from "../../core/cost/money.ts";
import { readDemand } from "../../db/fleet.ts";
import { ping } from "../../db/installation.ts";
import { pendingMigrations } from "../../db/migrate.ts";
import { readLooks } from "../../db/provider-looks.ts";
import { failureOf } from "../../errors/app-error.ts";
import type { ServiceContext } from "../context.ts";
import type { Slos } from "../slos/slos.ts";

interface Check {
  readonly id: string;
  readonly name: string;
  readonly state: "ok" | "todo" | "unknown";
  readonly detail: string;
}

const check = (id: string, name: string, isOk: boolean, detail: string): Check => ({
  ...{ id, name, state: isOk ? "ok" : "todo", detail },
});

export interface ChecklistFacts {
  readonly providers: readonly string[];
  readonly budgetUsdPerMonth: number | null;
}

type SloAnswer = Awaited<ReturnType<Slos["get"]>>;

/** What a migration wants to be so, looked at now. */
export async function checklist(
  { sql }: ServiceContext,
  { providers, budgetUsdPerMonth }: ChecklistFacts,
  slos: SloAnswer,
): Promise<Check[]> {
  const [database, schema, looks, demand] = await Promise.all([
    tried(() => ping(sql)),
    pending(() => pendingMigrations(sql)),
    readLooks(sql, providers),
    readDemand(sql),
  ]);
  const silent = looks.filter(({ ok }) => !ok).map(({ provider }) => provider);
  const ready = demand.reduce((sum, row) => sum + row.ready, 0);
  return [
    check("database", "PostgreSQL answers", database === null, database ?? "It answered just now."),
    check("schema", "All migrations are applied", schema === null, schema ?? "None is waiting."),
    check(
      ...(["providers", "All providers answer"] as const),
      silent.length === 0 && looks.length > 0,
      silent.length > 0 ? `No answer from ${silent.join(", ")}.` : `${looks.length} looked at.`,
    ),
    check(
      ...(["budget", "A budget is set"] as const),
      budgetUsdPerMonth !== null,
      budgetUsdPerMonth === null
        ? "costs.budgetUsdPerMonth in the configuration sets one."
        : `${dollars(budgetUsdPerMonth * 1e6)} a month.`,
    ),
    objectivesCheck(slos),
    check(
      ...(["queue", "Nothing waits for a container"] as const),
      ready === 0,
      ready === 0
        ? "The queue is drained."
        : `${ready} ${ready === 1 ? "task waits" : "tasks wait"}.`,
    ),
    {
      ...{ id: "parity", name: "Results are those of the old server", state: "unknown" },
      detail: "Nothing of the old server is stored here to compare with.",
    },
  ];
}

function objectivesCheck({ objectives, spent }: SloAnswer): Check {
  const measured = objectives.filter(({ state }) => state === "measured");
  const [id, name] = ["objectives", "Objectives are met"];
  if (measured.length === 0) {
    return { id, name, state: "unknown", detail: "No objective has data yet." };
  }
  const of = `of ${measured.length} that are measured`;
  return spent.length === 0
    ? check(id, name, true, `No budget ${of} is spent.`)
    : check(id, name, false, `The budget of ${spent.join(", ")} is spent, ${of}.`);
}

const tried = (ask: () => Promise<void>): Promise<string | null> =>
  ask().then(
    () => null,
    (error: unknown) => failureOf(error).detail ?? "It does not answer.",
  );

const pending = (ask: () => Promise<string[]>): Promise<string | null> =>
  ask().then(
    (names) => (names.length === 0 ? null : `Waiting: ${names.join(", ")}.`),
    (error: unknown) => failureOf(error).detail ?? "They cannot be read.",
  );
