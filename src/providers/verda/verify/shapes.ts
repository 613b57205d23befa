import type { Subject } from "./parts.ts";
import { field } from "./witness.ts";

/** What the create was answered with, and how the deployment and its variables are told. */
export async function askShapes({ api, notebook, spec, witness }: Subject): Promise<void> {
  const at = `/container-deployments/${spec.name}`;
  const create = witness.last("POST", "/container-deployments");
  if (create !== undefined) {
    const status = create.status;
    const how = status < 300 ? "POST" : "the deployment was there in spite of the answer";
    notebook.settle("create_status", status, how);
  }
  await api.get(spec.name);
  const deployment = witness.last("GET", at)?.body;
  const [container] = listOf(field(deployment, "containers"));
  notebook.settle(
    "scaling_in_get",
    field(deployment, "scaling") != null,
    `keys: ${keys(deployment)}`,
  );
  notebook.settle("env_in_get", field(container, "env") != null, `keys: ${keys(container)}`);
  const image = field(container, "image");
  const shape = typeof image === "string" ? "text" : `object: ${keys(image)}`;
  if (image === undefined) notebook.leave("image_shape", "the container tells no image");
  else notebook.settle("image_shape", typeof image === "string" ? "text" : "object", shape);
  await api.env(spec.name);
  const [row] = listOf(witness.last("GET", `${at}/environment-variables`)?.body);
  if (row === undefined) return notebook.leave("env_shape", "the list is empty");
  const isGrouped = field(row, "container_name") !== undefined;
  notebook.settle("env_shape", isGrouped ? "grouped" : "flat", `keys of a row: ${keys(row)}`);
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const keys = (value: unknown): string =>
  typeof value === "object" && value !== null ? Object.keys(value).join(", ") : typeof value;
