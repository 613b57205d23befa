import { rm } from "node:fs/promises";
import { createSemaphore } from "../lib/semaphore.ts";
import {
  mayBePresentation,
  type PdfLimits,
  type PresentationOptions,
  presentationToPdf,
} from "../pdf/index.ts";

/** Files that come in as presentations; what is kept of them is a PDF. */
export interface Presentations {
  /** The file to go on with: a PDF beside it when it is a presentation. Throws what `presentationToPdf` does. */
  asPdf(path: string): Promise<string>;
  /** Removes what `asPdf` made. */
  drop(path: string): Promise<void>;
}

const convertedOf = (path: string): string => `${path}.converted`;

/** LibreOffice takes a processor and hundreds of megabytes: one at a time. */
export function createPresentations(
  limits: PdfLimits,
  options: PresentationOptions,
): Presentations {
  const places = createSemaphore(1);
  return {
    async asPdf(path) {
      // What is a PDF already does not wait for another one's conversion.
      if (!(await mayBePresentation(path))) return path;
      return places.run(async () => {
        const target = convertedOf(path);
        return (await presentationToPdf(path, target, limits, options)) ? target : path;
      });
    },
    drop: (path) => rm(convertedOf(path), { force: true }),
  };
}
