/**
 * Every failure a person or a program can meet: its HTTP status, whether trying again can help,
 * one sentence, and the next step. `docs/reference/errors.md` is generated from this table.
 */
export interface ErrorSpec {
  readonly status: number;
  readonly retryable: boolean;
  readonly title: string;
  readonly next: string;
}

export const spec = (
  status: number,
  retryable: boolean,
  title: string,
  next: string,
): ErrorSpec => ({
  status,
  retryable,
  title,
  next,
});
