import {
  type FieldResult,
  type FieldsResult,
  type FieldValue,
  fieldsResult,
  type Results,
  resultSchemas,
  type SpecializedAnalysis,
  specializedAnalysis,
  type TemplateAnalysis,
  templateAnalysis,
} from "../contract/results.ts";

/** A result of a task that is not one of the pitch deck's, by the shape it has. */
export type Generic =
  | { readonly task: string; readonly kind: "fields"; readonly result: FieldsResult }
  | { readonly task: string; readonly kind: "template"; readonly result: TemplateAnalysis }
  | { readonly task: string; readonly kind: "analysis"; readonly result: SpecializedAnalysis };

/** Those results whose shape is known, in the order of the pack. */
export function genericResults(results: Results): Generic[] {
  return Object.entries(results).flatMap(([task, result]): Generic[] => {
    if (Object.hasOwn(resultSchemas, task)) return [];
    const fields = fieldsResult.safeParse(result);
    if (fields.success) return [{ task, kind: "fields", result: fields.data }];
    const template = templateAnalysis.safeParse(result);
    if (template.success) return [{ task, kind: "template", result: template.data }];
    const analysis = specializedAnalysis.safeParse(result);
    return analysis.success ? [{ task, kind: "analysis", result: analysis.data }] : [];
  });
}

/** `study_facts` -> `Study facts`. */
export const taskTitle = (task: string): string =>
  (task.charAt(0).toUpperCase() + task.slice(1)).replaceAll("_", " ");

export function valueWords(value: FieldValue, type: FieldResult["type"]): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.map(String).join(type === "list" ? "; " : ", ");
  if (typeof value === "number") return new Intl.NumberFormat("en").format(value);
  if (typeof value === "string") return value;
  const amount = new Intl.NumberFormat("en", { maximumFractionDigits: 2 }).format(value.amount);
  return `${value.currency} ${amount}`;
}
