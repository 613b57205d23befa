import type { FastifyBaseLogger } from "fastify";
import { z } from "zod";
import { type Results, resultSchemas, type TaskName } from "../contract/results.ts";

/**
 * One result that does not have its task's shape must not hide the others; what an earlier release did
 * not know is filled in.
 */
export function fitting(results: Record<string, unknown>, log: FastifyBaseLogger): Results {
  const kept = Object.entries(results).flatMap(([task, result]) => {
    const schema = Object.hasOwn(resultSchemas, task) ? resultSchemas[task as TaskName] : anyResult;
    const seen = schema.safeParse(result);
    if (seen.success) return [[task, seen.data]];
    log.warn({ task }, "a stored result does not have its task's shape");
    return [];
  });
  return Object.fromEntries(kept) as Results;
}

const anyResult = z.record(z.string(), z.unknown());
