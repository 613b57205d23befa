import type { z } from "zod";
import { AppError, failureOf } from "../../errors/app-error.ts";
import { endsTask, type SlidePorts, type StepContext } from "./step.ts";

/** A slide that fails this often becomes a gap. */
const slideTries = 2;

export interface SlideReader<T extends z.ZodType> {
  /** Judges what an earlier attempt left behind. */
  readonly schema: T;
  readonly read: (slide: number) => Promise<z.infer<T>>;
}

export interface ReadSlides<T> {
  readonly slides: T[];
  readonly gaps: number[];
}

/**
 * Slide by slide in order, past those an earlier attempt finished. One bad slide becomes a gap; a
 * fault of the model server or a raised signal ends the task at once. When no slide at all could be
 * read the task fails with the code of the first.
 */
export async function eachSlide<T extends z.ZodType>(
  context: Pick<StepContext, "signal" | "onProgress">,
  ports: SlidePorts<z.infer<T>>,
  reader: SlideReader<T>,
): Promise<ReadSlides<z.infer<T>>> {
  const slides: z.infer<T>[] = [];
  const gaps: number[] = [];
  let first: unknown;
  const tell = (done: number): void =>
    context.onProgress({ fraction: done / ports.pages, done, total: ports.pages });

  tell(0);
  for (let slide = 1; slide <= ports.pages; slide += 1) {
    context.signal.throwIfAborted();
    const earlier = reader.schema.safeParse(ports.finished[String(slide)]);
    if (earlier.success) {
      slides.push(earlier.data);
    } else {
      const read = await readOrGap(context.signal, ports, slide, reader.read);
      if (read.ok) slides.push(read.result);
      else {
        gaps.push(slide);
        first ??= read.error;
      }
    }
    tell(slide);
  }
  if (slides.length === 0) throw first ?? new AppError("PDF_NO_PAGES");
  return { slides, gaps };
}

type Read<T> = { readonly ok: true; readonly result: T } | { ok: false; error: unknown };

async function readOrGap<T>(
  signal: AbortSignal,
  ports: SlidePorts<T>,
  slide: number,
  read: (slide: number) => Promise<T>,
): Promise<Read<T>> {
  const tried = await tryTwice(signal, () => read(slide));
  signal.throwIfAborted();
  if (tried.ok) await ports.onSlide(slide, tried.result);
  else await ports.onSlideFailed(slide, failureOf(tried.error));
  return tried;
}

async function tryTwice<T>(signal: AbortSignal, read: () => Promise<T>): Promise<Read<T>> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return { ok: true, result: await read() };
    } catch (error) {
      signal.throwIfAborted();
      if (endsTask(error)) throw error;
      if (attempt >= slideTries) return { ok: false, error };
    }
  }
}
