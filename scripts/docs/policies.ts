import type { PolicyOption } from "../../src/core/autoscaler/policies/options.ts";
import { describePolicies } from "../../src/core/autoscaler/policies/registry.ts";

/** Every policy that can be named, with its options. */
export function policiesPage(): string {
  const parts = describePolicies().map(({ name, what, options }) =>
    [
      `## ${name}`,
      "",
      `${capital(what)}.`,
      ...(options.length === 0 ? [] : ["", ...table(options)]),
    ].join("\n"),
  );
  return `${[intro, ...parts].join("\n\n")}\n`;
}

const intro = `# Policies

Generated from \`src/core/autoscaler/policies/catalogue.ts\` by \`npx tsx scripts/generate-docs.ts\`.

A policy is named by a text: its name, or its name with options, such as \`keda:cooldown=900s,target=4\`. A duration
has a unit (\`90s\`, \`15m\`, \`1h\`), a share lies between 0 and 1, a switch is \`on\` or \`off\`.
[Policies, and what they model](../explanation/policies.md) says what each of them does.`;

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

const table = (options: readonly PolicyOption[]): readonly string[] => [
  "| option | kind | default | |",
  "|---|---|---|---|",
  ...options.map(({ name, kind, note, default: fallback }) => {
    const value = fallback === null ? "" : `\`${fallback}\``;
    return `| \`${name}\` | ${kind} | ${value} | ${note} |`;
  }),
];
