import type { describePolicies } from "../../core/autoscaler/policies/registry.ts";
import type { Style } from "../style.ts";
import { tableText } from "./table.ts";

/** Each policy with its options, as `--policy` takes them. */
export function policiesText(policies: ReturnType<typeof describePolicies>, style: Style): string {
  return policies
    .map(({ name, what, options }) => {
      const rows = options.map((option) => [
        `  ${option.name}`,
        option.kind,
        option.default ?? "-",
        option.note,
      ]);
      const table = tableText(["  OPTION", "IS A", "DEFAULT", ""], rows, style, [0, 1, 2, 3]);
      const head = `${style.colors.bold(name)}  ${what}`;
      return rows.length === 0 ? head : `${head}\n${table}`;
    })
    .join("\n\n");
}
