import { randomUUID } from "node:crypto";
import { type EventObject, type Pod, Refusal, type Secret, type State } from "./objects.ts";
import { fakeRunner, type Run, type Runner } from "./runner.ts";

/** What keeps the stub's node from doing the usual at once. Change it at any time. */
export interface Moods {
  /** No node takes new Pods, for this reason. */
  unschedulable: string | null;
  /** New Pods' images cannot be pulled, for this reason. */
  unpullable: string | null;
  /** Containers hear SIGTERM and go on until `release`. */
  slowToEnd: boolean;
}

/**
 * The scheduler, the kubelet and the garbage collector of the stub, and the objects they work on. As
 * in a real cluster a Pod that was deleted vanishes as soon as its container has ended.
 */
export class StubNode {
  readonly pods = new Map<string, Pod>();
  readonly secrets = new Map<string, Secret>();
  readonly events: EventObject[] = [];
  readonly moods: Moods = { unschedulable: null, unpullable: null, slowToEnd: false };
  /** Times that Pods were made, to see that one was not made twice. */
  readonly made: string[] = [];
  readonly #runs = new Map<string, Run>();
  readonly #graceTimers = new Set<NodeJS.Timeout>();
  readonly #runner: Runner;
  readonly #changed: () => void;
  #version = 0;

  constructor(changed: () => void, runner: Runner = fakeRunner) {
    this.#changed = changed;
    this.#runner = runner;
  }

  create(pod: Pod): Pod {
    const { name } = pod.metadata;
    if (this.pods.has(name))
      throw new Refusal(409, "AlreadyExists", `pods "${name}" already exists`);
    if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name) || pod.spec.containers.length === 0) {
      throw new Refusal(422, "Invalid", `Pod "${name}" is invalid`);
    }
    const made: Pod = { ...pod, status: { phase: "Pending", conditions: [] } };
    this.#stamp(made);
    this.pods.set(name, made);
    this.made.push(name);
    const answer = structuredClone(made);
    this.#schedule(made);
    this.#touch(made);
    return answer;
  }

  /** As the API server does it: at once where nothing runs, else with the Pod's grace. */
  delete(name: string, uid?: string): Pod {
    const pod = this.pod(name);
    if (uid !== undefined && pod.metadata.uid !== uid) {
      throw new Refusal(409, "Conflict", `the UID in the precondition (${uid}) does not match`);
    }
    const run = this.#runs.get(pod.metadata.uid ?? "");
    if (run === undefined) this.#remove(pod);
    else if (pod.metadata.deletionTimestamp === undefined) this.#terminate(pod, run);
    return structuredClone(pod);
  }

  pod(name: string): Pod {
    const pod = this.pods.get(name);
    if (pod === undefined) throw new Refusal(404, "NotFound", `pods "${name}" not found`);
    return pod;
  }

  log(name: string): string {
    const run = this.#runs.get(this.pod(name).metadata.uid ?? "") ?? this.#ended.get(name);
    if (run === undefined)
      throw new Refusal(400, "BadRequest", `container in "${name}" is waiting`);
    return run.log();
  }

  putSecret(secret: Secret): Secret {
    const { name } = secret.metadata;
    if (this.secrets.has(name)) {
      throw new Refusal(409, "AlreadyExists", `secrets "${name}" already exists`);
    }
    this.#stamp(secret);
    this.secrets.set(name, secret);
    this.lookAgain();
    return secret;
  }

  secret(name: string): Secret {
    const secret = this.secrets.get(name);
    if (secret === undefined) throw new Refusal(404, "NotFound", `secrets "${name}" not found`);
    return secret;
  }

  deleteSecret(name: string): void {
    this.secret(name);
    this.secrets.delete(name);
    this.#changed();
  }

  /** Sets what the Pod's container waits for. */
  waiting(name: string, reason: string): void {
    this.#state(this.pod(name), { waiting: { reason } });
    this.#changed();
  }

  /** An event about the Pod. */
  warn(name: string, reason: string, message: string, at: Date): void {
    const uid = this.pod(name).metadata.uid ?? "";
    this.events.push({
      metadata: { name: `${name}.${this.events.length}` },
      involvedObject: { kind: "Pod", name, uid },
      type: "Warning",
      reason,
      message,
      lastTimestamp: at.toISOString(),
    });
    this.#changed();
  }

  /** After moods or Secrets have changed: what waited may go on. */
  lookAgain(): void {
    for (const pod of this.pods.values()) if (pod.status.phase === "Pending") this.#schedule(pod);
    this.#changed();
  }

  /** The container ends by itself. */
  end(name: string, code: number, words: string): void {
    this.#runs.get(this.pod(name).metadata.uid ?? "")?.end(code, words);
  }

  /** A slow one ends after all. */
  release(name: string): void {
    this.#runs.get(this.pod(name).metadata.uid ?? "")?.stop("SIGTERM");
  }

  /** The node was short of something: the Pod fails where it stands, and its object stays. */
  evict(name: string, message: string): void {
    const pod = this.pod(name);
    const uid = pod.metadata.uid ?? "";
    this.#runs.get(uid)?.stop("SIGKILL");
    this.#runs.delete(uid);
    const { startTime } = pod.status;
    pod.status = {
      phase: "Failed",
      reason: "Evicted",
      message,
      ...(startTime === undefined ? {} : { startTime }),
      conditions: [{ type: "DisruptionTarget", status: "True", reason: "TerminationByKubelet" }],
    };
    this.#touch(pod);
  }

  /** The node is taken away: the Pod is deleted by the cluster, with its grace. */
  preempt(name: string): void {
    const pod = this.pod(name);
    const message = "Taint manager: deleting due to NoExecute taint";
    pod.status.conditions.push({
      ...{ type: "DisruptionTarget", status: "True" },
      ...{ reason: "DeletionByTaintManager", message },
    });
    this.delete(name);
  }

  /** Ends every container; resolves when the last one is gone. */
  async close(): Promise<void> {
    for (const timer of this.#graceTimers) clearTimeout(timer);
    const runs = [...this.#runs.values()];
    for (const run of runs) run.stop("SIGKILL");
    await Promise.all(runs.map((run) => run.exited));
  }

  readonly #ended = new Map<string, Run>();

  #schedule(pod: Pod): void {
    const { status, spec } = pod;
    if (spec.nodeName === undefined && this.moods.unschedulable !== null) {
      const message = this.moods.unschedulable;
      status.conditions = [
        { type: "PodScheduled", status: "False", reason: "Unschedulable", message },
      ];
      return;
    }
    if (spec.nodeName === undefined) {
      spec.nodeName = "node-1";
      status.conditions = [{ type: "PodScheduled", status: "True" }];
      status.startTime = new Date().toISOString();
    }
    this.#pull(pod);
  }

  #pull(pod: Pod): void {
    if (this.moods.unpullable !== null) {
      const message = this.moods.unpullable;
      this.#state(pod, { waiting: { reason: "ImagePullBackOff", message } });
      return;
    }
    const env = this.#environment(pod);
    if (typeof env === "string") {
      const message = `secret "${env}" not found`;
      this.#state(pod, { waiting: { reason: "CreateContainerConfigError", message } });
      return;
    }
    const run = this.#runner(pod.metadata.name, env);
    this.#runs.set(pod.metadata.uid ?? "", run);
    pod.status.phase = "Running";
    this.#state(pod, { running: { startedAt: new Date().toISOString() } });
    void run.exited.then(({ code }) => this.#ends(pod, run, code));
  }

  /** The variables of the container, or the name of a Secret that is missing. */
  #environment(pod: Pod): Record<string, string> | string {
    const env: Record<string, string> = {};
    for (const { name, value, valueFrom } of pod.spec.containers[0]?.env ?? []) {
      if (valueFrom === undefined) {
        env[name] = (value ?? "").replaceAll("$$", () => "$");
        continue;
      }
      const { secretKeyRef } = valueFrom;
      const text = this.secrets.get(secretKeyRef.name)?.data?.[secretKeyRef.key];
      if (text === undefined) return secretKeyRef.name;
      env[name] = Buffer.from(text, "base64").toString();
    }
    return env;
  }

  #ends(pod: Pod, run: Run, code: number): void {
    // An evicted one has been ended by its status already.
    if (!this.#runs.delete(pod.metadata.uid ?? "")) return;
    this.#ended.set(pod.metadata.name, run);
    pod.status.phase = code === 0 ? "Succeeded" : "Failed";
    this.#state(pod, {
      terminated: { exitCode: code, reason: code === 0 ? "Completed" : "Error" },
    });
    if (pod.metadata.deletionTimestamp === undefined) this.#touch(pod);
    else this.#remove(pod);
  }

  #terminate(pod: Pod, run: Run): void {
    const graceMs = (pod.spec.terminationGracePeriodSeconds ?? 30) * 1_000;
    pod.metadata.deletionTimestamp = new Date(Date.now() + graceMs).toISOString();
    const timer = setTimeout(() => run.stop("SIGKILL"), graceMs);
    this.#graceTimers.add(timer);
    void run.exited.then(() => {
      clearTimeout(timer);
      this.#graceTimers.delete(timer);
    });
    if (!this.moods.slowToEnd) run.stop("SIGTERM");
    this.#touch(pod);
  }

  #remove(pod: Pod): void {
    this.pods.delete(pod.metadata.name);
    for (const [name, { metadata }] of this.secrets) {
      const isOwned = metadata.ownerReferences?.some(({ uid }) => uid === pod.metadata.uid);
      if (isOwned) this.secrets.delete(name);
    }
    this.#changed();
  }

  #state(pod: Pod, state: State): void {
    const { name = "", image = "" } = pod.spec.containers[0] ?? {};
    const ready = state.running !== undefined;
    pod.status.containerStatuses = [{ name, image, imageID: "", ready, restartCount: 0, state }];
  }

  #stamp({ metadata }: Pod | Secret): void {
    this.#version += 1;
    metadata.uid = randomUUID();
    metadata.resourceVersion = String(this.#version);
    metadata.creationTimestamp = new Date().toISOString();
  }

  #touch(pod: Pod): void {
    this.#version += 1;
    pod.metadata.resourceVersion = String(this.#version);
    this.#changed();
  }
}
