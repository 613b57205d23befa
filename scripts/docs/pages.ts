import { stringify } from "yaml";
import { defaults } from "../../src/config/schema.ts";
import { layerOf, settings } from "../../src/config/sources.ts";
import { errorCodes } from "../../src/errors/codes.ts";

const values = layerOf(defaults, "default").values;

const cell = (text: string): string => text.replaceAll("|", "\\|");

/** On one line, lists too. */
const yamlOf = (value: unknown): string =>
  stringify(value, { collectionStyle: "flow", lineWidth: 0 }).trim();

export function configurationPage(): string {
  const rows = settings.map(({ key, env, secret, description }) => {
    const fallback = `\`${yamlOf(values.get(key)?.value)}\``;
    const variable = env === undefined ? "" : `\`${env}\``;
    const note = secret ? `${description} Never shown.` : description;
    return `| \`${key}\` | ${fallback} | ${variable} | ${cell(note)} |`;
  });
  return `# Configuration

Generated from \`src/config/schema.ts\` by \`npx tsx scripts/generate-docs.ts\`.

Pilotlight needs no configuration. What is set is read once at start, each source over the one
before: defaults, profile, \`pilotlight.yaml\` in the working directory (or the file that
\`PILOTLIGHT_CONFIG\` names), environment, command line. Unknown keys are refused, and all problems are
reported together as \`CONFIG_INVALID\`.

A dot stands for a level of the file: \`timings.heartbeatMs\` is \`heartbeatMs\` in the block \`timings\`.
Keys that end in \`Ms\` take milliseconds or a duration (\`2000\`, \`2s\`). The durations of the three
scaling blocks always have a unit (\`300s\`, \`5m\`). \`pilotlight.example.yaml\` holds every key with its
default.

| key | default | variable | meaning |
|---|---|---|---|
${rows.join("\n")}
`;
}

export function errorsPage(): string {
  const rows = Object.entries(errorCodes).map(
    ([code, { status, retryable, title, next }]) =>
      `| \`${code}\` | ${status} | ${retryable ? "yes" : "no"} | ${cell(title)} | ${cell(next)} |`,
  );
  return `# Errors

Generated from \`src/errors/codes.ts\` by \`npx tsx scripts/generate-docs.ts\`.

Every failure has one of these codes: in an HTTP answer (as \`application/problem+json\`, with the
status given here), in a task that failed, and on the command line.

| code | status | try again | meaning | next step |
|---|---|---|---|---|
${rows.join("\n")}
`;
}

/** Every key with its default, its note above it. */
export function exampleFile(): string {
  const lines = [
    "# Every setting with its default. Copy to pilotlight.yaml and keep what you change.",
  ];
  let open: string | undefined;
  for (const { key, env, description } of settings) {
    const [first = key, second] = key.split(".");
    const block = second === undefined ? undefined : first;
    if (block === undefined || block !== open) lines.push("");
    if (block !== undefined && block !== open) lines.push(`${block}:`);
    open = block;
    const indent = block === undefined ? "" : "  ";
    lines.push(`${indent}# ${description}${env === undefined ? "" : ` (${env})`}`);
    lines.push(`${indent}${second ?? key}: ${yamlOf(values.get(key)?.value)}`);
  }
  return `${lines.join("\n")}\n`;
}
