export { type OpenOptions, openPdf } from "./document.ts";
export { defaultPdfLimits } from "./limits.ts";
export { popplerVersion } from "./poppler.ts";
export { sha256Of } from "./preflight.ts";
export { mayBePresentation, type PresentationOptions, presentationToPdf } from "./presentation.ts";
export { probe } from "./probe.ts";
export { createPdfReaders, type PdfReaders, type ReaderSource } from "./readers.ts";
export type * from "./types.ts";
export { unlockPdf } from "./unlock.ts";
