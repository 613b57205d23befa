import { AppError } from "../errors/app-error.ts";

/** `--limit 50` as a number from 1 to `max`. Throws USAGE. */
export function countOption(name: string, text: string, max: number): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= max) return count;
  throw new AppError("USAGE", `--${name} must be a number from 1 to ${max}`);
}
