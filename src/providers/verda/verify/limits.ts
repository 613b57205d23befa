import { AppError, failureOf } from "../../../errors/app-error.ts";
import { isRefusal, VerdaError } from "../errors.ts";
import { fullScaling } from "../wanted.ts";
import type { Subject } from "./parts.ts";
import type { Fact } from "./questions.ts";
import { field } from "./witness.ts";

/**
 * Which bodies are accepted: asked only of the deployment that is scaled to zero, so that nothing
 * starts whatever the answer is. Everything is put back.
 */
export async function askLimits(subject: Subject): Promise<void> {
  await askScaling(subject);
  await askName(subject);
  await askContainer(subject, "cached_image", { should_use_cached_image: true });
  await askContainer(subject, "autoupdate", { autoupdate: { enabled: false, mode: "latest" } });
  await askPaused(subject);
}

const zero = (): Record<string, unknown> => ({ ...(fullScaling(0) as object) });

async function askScaling(subject: Subject): Promise<void> {
  const { api, spec, notebook } = subject;
  const scaling = (change: object) =>
    saidTo(() => api.patchScaling(spec.name, { ...zero(), ...change }));
  const maxZero = await scaling({ max_replica_count: 0 });
  settleBy(subject, "max_zero", maxZero, "PATCH of the scaling");
  const accepted: number[] = [];
  const said: string[] = [];
  for (const threshold of [0.5, 1, 3]) {
    const answer = await scaling({ scaling_triggers: { queue_load: { threshold } } });
    if (answer.isAccepted === null) return notebook.leave("queue_load", answer.said);
    if (answer.isAccepted) accepted.push(threshold);
    else said.push(`${threshold}: ${answer.said}`);
  }
  await api.patchScaling(spec.name, zero());
  const evidence = said.length === 0 ? "0.5, 1 and 3 were accepted" : said.join("; ");
  notebook.settle("queue_load", accepted, evidence);
}

/** The body asks for no replica, should a create of a known name turn out to change it. */
async function askName(subject: Subject): Promise<void> {
  const { api, spec, notebook, witness } = subject;
  const body = { ...orderedBody(subject), scaling: zero() };
  const { isAccepted, said } = await saidTo(() => api.create(body));
  const status = witness.last("POST", "/container-deployments")?.status ?? null;
  if (isAccepted === null) notebook.leave("conflict_status", said);
  else notebook.settle("conflict_status", status, said);
  await api.patchScaling(spec.name, zero());
}

async function askContainer(subject: Subject, fact: Fact, extra: object): Promise<void> {
  const body = await containerBody(subject, extra);
  const answer = await saidTo(() => subject.api.patch(subject.spec.name, body));
  settleBy(subject, fact, answer, "PATCH of the container");
}

/** The create as it was sent first. */
const orderedBody = ({ witness }: Subject): object => ({
  ...(witness.all("POST", "/container-deployments")[0]?.sent as object),
});

/** The container as it was ordered, with something more, under the name that the API gave it. */
export async function containerBody(subject: Subject, extra: object): Promise<unknown> {
  const name = (await subject.api.get(subject.spec.name))?.containers?.[0]?.name;
  const [container] = field(orderedBody(subject), "containers") as readonly object[];
  return { containers: [{ ...(name == null ? {} : { name }), ...container, ...extra }] };
}

async function askPaused({ api, spec, notebook, witness }: Subject): Promise<void> {
  await api.pause(spec.name);
  const replicas = (await api.replicas(spec.name)) ?? [];
  const listed = replicas.map(({ id, status }) => `${id} ${status}`).join(", ");
  notebook.settle("paused_lists", replicas.length > 0, listed === "" ? "an empty list" : listed);
  await api.resume(spec.name);
  const status = (order: string) =>
    witness.last("POST", `/container-deployments/${spec.name}/${order}`)?.status ?? null;
  const [paused, resumed] = [status("pause"), status("resume")];
  notebook.settle("order_status", paused, `pause ${paused}, resume ${resumed}`);
}

/**
 * Whether the machine of a deployment can change. The last question before the end: should the way
 * back be refused, nothing is started on the other machine.
 */
export async function askMachineChange(subject: Subject): Promise<void> {
  const { api, spec } = subject;
  const change = (spot: boolean) => saidTo(() => api.patch(spec.name, { is_spot: spot }));
  const there = await change(!spec.machine.spot);
  const back = there.isAccepted ? await change(spec.machine.spot) : there;
  settleBy(subject, "machine_change", back, "PATCH of is_spot, to and fro");
}

interface Said {
  /** null: the answer says nothing about it. */
  readonly isAccepted: boolean | null;
  readonly said: string;
}

async function saidTo(order: () => Promise<void>): Promise<Said> {
  try {
    await order();
    return { isAccepted: true, said: "accepted" };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // The place of the call is no news.
    const said = (failureOf(error).detail ?? error.code).replace(/^[A-Z]+ \S+: /, "");
    return { isAccepted: isRefusal(error) || isConflict(error) ? false : null, said };
  }
}

const isConflict = (error: unknown): boolean =>
  error instanceof VerdaError && (error.status === 409 || error.status === 422);

function settleBy(
  { notebook }: Subject,
  fact: Fact,
  { isAccepted, said }: Said,
  how: string,
): void {
  if (isAccepted === null) notebook.leave(fact, said);
  else notebook.settle(fact, isAccepted, `${how}: ${said}`);
}
