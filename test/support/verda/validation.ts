import type { StubContainer, StubScaling, StubState } from "./state.ts";

/** What the API would say against a body; null: nothing. */
export function wrongInCreate(state: StubState, body: Record<string, unknown>): string | null {
  const { name, compute, scaling } = body as {
    name?: unknown;
    compute?: { name?: unknown; size?: unknown };
    scaling?: StubScaling;
  };
  if (
    typeof name !== "string" ||
    name.length > 63 ||
    !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name)
  ) {
    return "name must be a DNS label";
  }
  const machine = state.options.machines.find(
    (one) => one.name === compute?.name && one.size === compute.size,
  );
  if (machine === undefined) return "compute is not known";
  if (body.container_registry_settings === undefined)
    return "container_registry_settings is missing";
  const [container, ...more] = (body.containers ?? []) as StubContainer[];
  if (container === undefined || more.length > 0) return "containers must hold one";
  return wrongInContainer(state, container) ?? wrongInScaling(state, scaling);
}

export function wrongInContainer(state: StubState, container: StubContainer): string | null {
  const { image, exposed_port, env, volume_mounts } = container;
  if (typeof image !== "string" || !/[:@][\w.:-]+$/.test(image) || image.endsWith(":latest")) {
    return "containers.0.image must have a tag other than latest";
  }
  if (typeof exposed_port !== "number") return "containers.0.exposed_port is missing";
  const hasExtras = "autoupdate" in container || "should_use_cached_image" in container;
  if (hasExtras && state.options.switches.extras === "refused") {
    return "containers.0 has properties that should not exist";
  }
  for (const mount of (volume_mounts ?? []) as Record<string, unknown>[]) {
    if (mount.type === "scratch" && "size_in_mb" in mount) return "a scratch mount has no size";
    if (mount.type === "shared" && !mount.volume_id) {
      return "volume_mounts.0.volume_id should not be null or undefined";
    }
  }
  return wrongInEnv(state, env ?? []);
}

function wrongInEnv(state: StubState, env: StubContainer["env"]): string | null {
  for (const { name, type, value_or_reference_to_secret: value } of env) {
    if (!/^[A-Z_][A-Z0-9_]*$/.test(name)) return `env ${name} is not a name`;
    if (type === "secret" && !state.secrets.has(value)) return `secret ${value} is not known`;
  }
  return null;
}

const scalingFields = [
  "min_replica_count",
  "max_replica_count",
  "scale_down_policy",
  "scale_up_policy",
  "queue_message_ttl_seconds",
  "concurrent_requests_per_replica",
  "scaling_triggers",
] as const;

/** Everything must be there, also after a part of it was changed. */
export function wrongInScaling(state: StubState, scaling: StubScaling | undefined): string | null {
  const missing = scalingFields.find((field) => scaling?.[field] == null);
  if (scaling === undefined || missing !== undefined) return `scaling.${missing} is missing`;
  const { min_replica_count: min, max_replica_count: max } = scaling;
  const { maxZero, queueLoad } = state.options.switches;
  if (min > max) return "min_replica_count is over max_replica_count";
  if (max < 1 && maxZero === "refused") return "max_replica_count must not be less than 1";
  const triggers = scaling.scaling_triggers as { queue_load?: { threshold?: number } };
  const threshold = triggers.queue_load?.threshold ?? 0;
  const isLegal = queueLoad === "from 1" ? threshold >= 1 : threshold > 0 && threshold <= 1;
  return isLegal ? null : "queue_load.threshold is out of its range";
}
