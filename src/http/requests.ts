import type { FastifyRequest } from "fastify";
import { AppError } from "../errors/app-error.ts";

/** Never shortened: two keys with the same beginning are two keys. */
export function keyOf(request: FastifyRequest): string | null {
  const key = request.headers["idempotency-key"];
  if (typeof key !== "string" || key === "") return null;
  if (key.length > 200)
    throw new AppError("BAD_REQUEST", "Idempotency-Key: at most 200 characters.");
  return key;
}

/** The place in a list that a cursor stands for; undefined: its beginning. */
export function placeOf(cursor: string | undefined): number | undefined {
  const place = cursor === undefined ? undefined : Number(cursor);
  if (place !== undefined && !Number.isSafeInteger(place)) {
    throw new AppError("BAD_REQUEST", "The cursor is not one of ours.");
  }
  return place;
}
