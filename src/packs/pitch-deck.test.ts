import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import * as contract from "../contract/results.ts";
import { type TaskPack, taskPack } from "../contract/worker-protocol.ts";
import { afterOf, dependenciesOf, modelEngines, taskPackOf } from "./pack.ts";
import { builtInPacksDir, readPack } from "./read-pack.ts";

const pack = await readPack(join(builtInPacksDir(), "pitch-deck"));
const textPrompts = ["extractions", "template_chapter", "clinical", "regulatory", "science"];

describe("the built-in pack", () => {
  test("declares the six tasks with their dependencies, weights and layers", () => {
    expect(dependenciesOf(pack)).toEqual({
      visual_analysis: null,
      slide_feedback: null,
      extractions_and_template: "visual_analysis",
      specialized_clinical: "extractions_and_template",
      specialized_regulatory: "extractions_and_template",
      specialized_science: "extractions_and_template",
    });
    expect(pack.tasks.map((task) => task.name)).toEqual(Object.keys(contract.resultSchemas));
    expect(pack.tasks.map((task) => task.weight)).toEqual([20, 20, 30, 10, 10, 10]);
    expect(pack.tasks.map((task) => task.layer)).toEqual([1, 2, 3, 4, 4, 4]);
    expect(pack.tasks.map((task) => task.pool)).toEqual([
      "vision",
      "vision",
      "text",
      "text",
      "text",
      "text",
    ]);
    expect(pack.tasks.map(afterOf)[3]).toEqual(["extractions_and_template"]);
  });

  test("names the models, the limits and the tries", () => {
    expect(pack.models.vision).toMatchObject({
      needs: { vision: true, contextTokens: 4_096 },
      candidates: expect.arrayContaining([
        {
          engine: "ollama",
          name: "llava:13b",
          quantisation: "q4_0",
          vramGib: 11,
          contextTokens: 4_096,
        },
      ]),
    });
    expect(pack.models.text?.needs).toEqual({ vision: false, contextTokens: 8_192 });
    expect(pack.models.text?.candidates[0]?.name).toBe("gemma3:27b");
    for (const engine of modelEngines) {
      for (const stage of [pack.models.vision, pack.models.text]) {
        expect(stage?.candidates.some((one) => one.engine === engine)).toBe(true);
      }
    }
    expect(pack.limits).toEqual({ slidesMax: 300 });
    for (const task of pack.tasks) {
      expect(task).toMatchObject({ attempts: 3, attemptsLost: 5, backoffSeconds: 2 });
      expect(task.stallSeconds).toBeLessThan(task.timeoutSeconds);
      expect(task.needsHandoff).toBe(task.pool === "text");
      expect(task.each).toBe(task.pool === "vision" ? "slide" : null);
    }
  });

  test("asks about twenty questions in seven chapters, each on kinds of slide that exist", () => {
    const chapters = pack.templates.general?.chapters ?? [];
    const questions = chapters.flatMap((chapter) => chapter.questions);
    expect(chapters).toHaveLength(7);
    expect(chapters.reduce((sum, chapter) => sum + chapter.weight, 0)).toBe(100);
    expect(questions.length).toBeGreaterThanOrEqual(18);
    expect(questions.length).toBeLessThanOrEqual(24);
    for (const question of questions) {
      expect(contract.slideKinds).toEqual(expect.arrayContaining([...question.slides]));
      expect(new Set(question.hints).size, `hints of ${question.id}`).toBe(question.hints.length);
    }
  });

  test("adds questions of its own for each sector, in chapters of the general template", () => {
    const special = Object.values(pack.templates).filter(({ extends: base }) => base !== null);
    expect(special.map((template) => template.for?.sector).sort()).toEqual(
      [...contract.sectors].sort(),
    );
    const general = pack.templates.general?.chapters.map(({ id }) => id);
    for (const { name, chapters } of special) {
      expect(general, name).toEqual(expect.arrayContaining(chapters.map(({ id }) => id)));
      const questions = chapters.flatMap((chapter) => chapter.questions);
      expect(questions.length, name).toBeGreaterThanOrEqual(5);
      for (const question of questions) {
        expect(contract.slideKinds).toEqual(expect.arrayContaining([...question.slides]));
        expect(new Set(question.hints).size, `hints of ${question.id}`).toBe(question.hints.length);
      }
    }
  });

  test("is one frozen JSON value", () => {
    expect(JSON.parse(JSON.stringify(pack))).toEqual(pack);
    expect(() => Object.assign(pack.tasks[0]!, { weight: 1 })).toThrow(TypeError);
  });
});

describe("taskPackOf", () => {
  test("gives each task what the lease's schema asks for, and nothing else", () => {
    for (const { name, prompts, schemas, template, templates } of pack.tasks) {
      const part: TaskPack = taskPackOf(pack, name);
      expect(taskPack.parse(part)).toEqual(part);
      expect(Object.keys(part.prompts)).toEqual(prompts);
      expect(Object.keys(part.schemas)).toEqual(schemas);
      expect(part.template?.name ?? null).toBe(template);
      expect(part.templates.map((one) => one.name)).toEqual(templates);
    }
  });

  test("gives copies: a change to one does not reach the pack", () => {
    const part = taskPackOf(pack, "extractions_and_template");
    part.template!.chapters.length = 0;
    expect(taskPackOf(pack, "extractions_and_template").template?.chapters).toHaveLength(7);
  });

  test("refuses a task that the pack does not have", () => {
    expect(() => taskPackOf(pack, "astrology")).toThrow(
      expect.objectContaining({ code: "TASK_NOT_FOUND" }),
    );
  });
});

describe("the prompts", () => {
  test("share their opening, deck and rules, so that a server reads the deck once", () => {
    const openings = textPrompts.map((name) => pack.prompts[name]?.split("Your task:")[0]);
    expect(new Set(openings).size).toBe(1);
  });

  test("hold the deck once each, on a line of its own, with the task after it", () => {
    for (const name of textPrompts) {
      expect(pack.prompts[name]?.split("\n\n{{deck}}\n\n"), name).toHaveLength(2);
      expect(pack.prompts[name]?.split("{{deck}}")[1], name).toContain("Your task:");
    }
  });

  test("say that nothing on a picture is an instruction; the engine says it of the deck", () => {
    for (const name of ["see_slide", "slide_feedback"]) {
      expect(pack.prompts[name], name).toMatch(/even when it speaks to you/);
    }
  });

  test("name every kind of slide, sector, severity and status that may be answered", () => {
    const named: [string, readonly string[]][] = [
      ["see_slide", contract.slideKinds],
      ["extractions", contract.sectors],
      ["slide_feedback", contract.severities],
      ["clinical", contract.claim.shape.status.options],
      ["regulatory", contract.claim.shape.status.options],
      ["science", contract.claim.shape.status.options],
    ];
    for (const [name, words] of named) {
      for (const word of words)
        expect(pack.prompts[name], name).toMatch(new RegExp(`\\b${word}\\b`));
    }
  });
});

interface Node {
  type?: string;
  enum?: string[];
  pattern?: string;
  anyOf?: Node[];
  items?: Node;
  properties?: Record<string, Node>;
  required?: string[];
  minItems?: number;
  maxItems?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
}

/** Any answer that a JSON Schema of the pack allows. */
function answers(node: Node): fc.Arbitrary<unknown> {
  if (node.anyOf) return fc.oneof(...node.anyOf.map(answers));
  if (node.enum) return fc.constantFrom(...node.enum);
  if (node.pattern) return fc.stringMatching(new RegExp(node.pattern));
  const { minimum: min = -1e9, maximum: max = 1e9 } = node;
  switch (node.type) {
    case "string":
      return fc.string({ maxLength: node.maxLength! });
    case "integer":
      return fc.integer({ min, max });
    case "number":
      return fc.double({ min, max, noNaN: true });
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "array":
      return fc.array(answers(node.items!), {
        minLength: node.minItems ?? 0,
        maxLength: Math.min(node.maxItems!, Math.max(node.minItems ?? 0, 3)),
      });
    case "object":
      return fc.record(
        Object.fromEntries(Object.entries(node.properties!).map(([k, v]) => [k, answers(v)])),
      );
    default:
      throw new Error(`no answers for ${JSON.stringify(node)}`);
  }
}

type Value = Record<string, unknown>;

/** Sets `grounded` wherever evidence stands, as the grounding check does. */
function grounded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(grounded);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === "evidence"
        ? (inner as Value[]).map((e) => ({ ...e, grounded: true }))
        : grounded(inner),
    ]),
  );
}

const judged: Record<string, { judge: z.ZodType; complete?: (value: Value) => Value }> = {
  slide_analysis: {
    judge: contract.slideAnalysis,
    complete: (value) => ({ ...value, slide: 1, text_source: "model", words: 0, blocks: [] }),
  },
  slide_feedback: {
    judge: contract.slideFindings,
    complete: (value) => ({
      ...{ slide: 1, figures: [] },
      ...value,
      findings: (value.findings as Value[]).map((finding) => ({ ...finding, measure: null })),
    }),
  },
  extractions: {
    judge: contract.extractions,
    complete: (value) =>
      Object.fromEntries(
        Object.entries(value).map(([name, field]) => [
          name,
          { conflicts: [], ...(field as Value) },
        ]),
      ),
  },
  template_chapter: {
    judge: z.object({ questions: z.array(contract.templateAnswer) }),
    complete: (value) => ({
      questions: (value.questions as Value[]).map((answer) => ({ ...answer, question: "?" })),
    }),
  },
  specialised: {
    judge: contract.specializedAnalysis,
    complete: (value) => ({
      ...value,
      claims: (value.claims as Value[]).map((claim) => ({ issues: [], identifiers: [], ...claim })),
    }),
  },
};

describe("the schemas", () => {
  test("and prompts leave the most of a small context to the deck, also where both stand in it", () => {
    const lengths = pack.tasks.flatMap(({ name, prompts, schemas }) => {
      const part = taskPackOf(pack, name);
      return prompts.map((prompt, at) => {
        const schema = JSON.stringify(part.schemas[schemas[at] ?? schemas[0] ?? ""]);
        return { prompt: part.prompts[prompt]?.length ?? 0, schema: schema.length };
      });
    });
    // At four letters a token: 1,100, and 1,350 where the schema stands in the prompt.
    expect(Math.max(...lengths.map(({ prompt }) => prompt))).toBeLessThan(4_400);
    expect(Math.max(...lengths.map(({ schema }) => schema))).toBeLessThan(5_400);
  });

  test("are those that are judged here", () => {
    expect(Object.keys(pack.schemas).sort()).toEqual(Object.keys(judged).sort());
  });

  test.each(Object.entries(judged))(
    "%s allows only answers that become results, with no field lost",
    (name, { judge, complete = (value: Value) => value }) => {
      fc.assert(
        fc.property(answers(pack.schemas[name] as Node), (answer) => {
          const result = complete(grounded(answer) as Value);
          expect(judge.parse(result)).toEqual(result);
        }),
      );
    },
  );

  test("offer every word the results know", () => {
    const at = (name: string, ...path: string[]) =>
      path.reduce<Value>((node, key) => node[key] as Value, pack.schemas[name] as Value);
    expect(at("slide_analysis", "properties", "kind").enum).toEqual(contract.slideKinds);
    const healthcare = at("extractions", "properties", "healthcare", "properties", "value");
    expect(JSON.stringify(healthcare)).toContain(JSON.stringify(contract.sectors));
    const finding = at("slide_feedback", "properties", "findings", "items", "properties");
    expect((finding.severity as Value).enum).toEqual(contract.severities);
    const claim = at("specialised", "properties", "claims", "items", "properties");
    expect((claim.status as Value).enum).toEqual(contract.claim.shape.status.options);
  });

  test("ask for every field, and for the evidence before what it is evidence of", () => {
    const visit = (node: Node, path: string): void => {
      const names = Object.keys(node.properties ?? {});
      expect(node.required ?? [], path).toEqual(names);
      for (const later of ["value", "claim", "answer", "what"]) {
        if (!names.includes("evidence") || !names.includes(later)) continue;
        expect(names.indexOf("evidence"), path).toBeLessThan(names.indexOf(later));
      }
      for (const name of names) visit(node.properties![name]!, `${path}.${name}`);
      for (const inner of [node.items ?? [], node.anyOf ?? []].flat()) visit(inner, path);
    };
    for (const [name, schema] of Object.entries(pack.schemas)) visit(schema as Node, name);
  });
});
