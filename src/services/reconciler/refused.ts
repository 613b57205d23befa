import { noteRefusal } from "../../db/refusals.ts";
import { endReplica, moveReplica, type ReplicaRow } from "../../db/replicas.ts";
import type { Failure } from "../../errors/app-error.ts";
import { announce, type ServiceContext } from "../context.ts";
import type { Placer } from "../placer.ts";

/** The provider will not give this machine now: another one may do. */
const elsewhere = ["PROVIDER_NO_CAPACITY", "PROVIDER_NO_FUNDS", "PROVIDER_REFUSED"];
/** Nobody knows what became of the order, or it may be given later: look, then try again. */
const again = ["PROVIDER_UNREACHABLE", "PROVIDER_RATE_LIMITED", "SHUTTING_DOWN"];

/** A start that the provider refused goes to the next best machine, waits, or ends its run. */
export async function startRefused(
  context: ServiceContext,
  placer: Placer,
  row: ReplicaRow,
  failure: Failure,
): Promise<void> {
  if (again.includes(failure.code)) return;
  if (elsewhere.includes(failure.code)) {
    await noteRefusal(context.sql, { ...row, code: failure.code });
    const placed = await placer.place(row.pool, row.replica, failure.code);
    if (placed !== null) {
      await moveReplica(context.sql, row.id, placed, row.reason ?? "");
      announce(context);
      return;
    }
  }
  await endReplica(context.sql, row.pool, row.replica, failure);
  announce(context);
}
