import { type ErrorSpec, spec } from "./spec.ts";

/** Failures of the document itself: the CLI ends with exit code 3 for these. */
export const documentErrors = {
  NO_FILE: spec(400, false, "No file was sent.", "Send one PDF as the multipart field `file`."),
  FILE_UNREADABLE: spec(422, false, "The file cannot be read.", "Check the path and its rights."),
  SOURCE_UNAVAILABLE: spec(
    422,
    false,
    "The file could not be fetched from its address.",
    "It is not tried again by itself. Put it into an allowed folder, then: pilotlight retry.",
  ),
  EMPTY_FILE: spec(422, false, "The file is empty.", "Export the deck again and upload it."),
  FILE_TOO_LARGE: spec(
    413,
    false,
    "The file is too large.",
    "Export with smaller images, or have pdf.bytesMax raised.",
  ),
  NOT_A_PDF: spec(422, false, "The file is not a PDF.", "Export the deck as PDF and upload that."),
  PRESENTATION_NOT_SUPPORTED: spec(
    422,
    false,
    "A presentation needs LibreOffice, which is not installed on the server.",
    "Install LibreOffice there, or export the deck as PDF and upload that.",
  ),
  PRESENTATION_FAILED: spec(
    422,
    false,
    "The presentation could not be made a PDF.",
    "Export the deck as PDF and upload that.",
  ),
  PDF_DAMAGED: spec(422, false, "The PDF is damaged or cut off.", "Export or download it again."),
  PDF_ENCRYPTED: spec(
    422,
    false,
    "The PDF needs a password.",
    "Give it: `--password`, or the form field `password` before the file.",
  ),
  PDF_PASSWORD_WRONG: spec(
    422,
    false,
    "The password does not open the PDF.",
    "Check it, or save the PDF without a password.",
  ),
  PDF_NO_PAGES: spec(422, false, "The PDF has no pages.", "Export the deck again."),
  PDF_TOO_MANY_PAGES: spec(
    422,
    false,
    "The PDF has too many pages.",
    "Split it, or let more through: limits.slides_max of the pack, at most pdf.pagesMax.",
  ),
  PAGE_TOO_LARGE: spec(
    422,
    false,
    "A page is too large to draw.",
    "Export with an ordinary page size.",
  ),
  PDF_TIMEOUT: spec(
    422,
    false,
    "The PDF takes too long to open.",
    "Print it to a new PDF and upload that.",
  ),
  PDF_CRASHED: spec(
    422,
    false,
    "The PDF breaks the reader.",
    "Print it to a new PDF and upload that.",
  ),
} as const satisfies Record<string, ErrorSpec>;
