import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { AppError } from "../../../errors/app-error.ts";
import type { JsonSchema } from "../engine.ts";

/** Throws MODEL_OUTPUT_INVALID, naming places and expectations and none of the answer's words. */
export type Judge = (value: unknown, schema: JsonSchema) => void;

/** Compiled schemas that are kept: a pack has about five, and a container few packs. */
const keptMax = 50;

/**
 * Holds answers against the whole schema. What constrains them while they are written knows shapes and
 * words but not every bound: `minimum`, patterns and large lengths pass it unseen.
 */
export function createJudge(): Judge {
  const kept = new Map<string, ValidateFunction>();
  const compiled = (schema: JsonSchema): ValidateFunction => {
    const key = JSON.stringify(schema);
    const before = kept.get(key);
    if (before !== undefined) return before;
    if (kept.size >= keptMax) kept.clear();
    const made = new Ajv2020({ strict: false, allErrors: true, validateFormats: false }).compile(
      schema,
    );
    kept.set(key, made);
    return made;
  };
  return (value, schema) => {
    const validate = compiled(schema);
    if (validate(value)) return;
    const wrong = (validate.errors ?? []).slice(0, 5).map(({ instancePath, message }) => {
      const at = instancePath === "" ? "the answer" : instancePath.slice(1).replaceAll("/", ".");
      return `${at}: ${message ?? "is not as asked"}`;
    });
    throw new AppError("MODEL_OUTPUT_INVALID", `${wrong.join("; ")}.`);
  };
}
