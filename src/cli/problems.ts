import { AppError, errorOf } from "../errors/app-error.ts";

/** The error a problem object stands for; what is no problem object was not answered by us. */
export function problemError(body: unknown, status: number): AppError {
  const foreign = new AppError("SERVER_UNREACHABLE", `Another program answers there (${status}).`);
  if (typeof body !== "object" || body === null || !("code" in body)) return foreign;
  const error = errorOf(body, "INTERNAL");
  const fields = "errors" in body && Array.isArray(body.errors) ? body.errors : [];
  if (error.detail !== undefined || fields.length === 0) return error;
  const wrong = fields.map((field) => `${String(field.path)}: ${String(field.message)}`);
  return new AppError(error.code, wrong.join("\n"));
}
