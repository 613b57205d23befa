import type { ZodType } from "zod";
import { AppError } from "../errors/app-error.ts";

/** The answer as it came, so that what a newer server adds reaches `--json`. Throws SERVER_OTHER_VERSION. */
export function checked<T>(body: unknown, schema: ZodType<T>): T {
  const seen = schema.safeParse(body);
  if (seen.success) return body as T;
  const [issue] = seen.error.issues;
  const what = issue && `${issue.path.map(String).join(".")}: ${issue.message}`;
  throw new AppError("SERVER_OTHER_VERSION", what);
}
