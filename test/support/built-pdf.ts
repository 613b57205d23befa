import type * as pdf from "../../src/pdf/index.ts";
import { built } from "./product.ts";

/** The PDF reader as it is built and shipped: its processes start in a tenth of the time. */
export const builtPdf = async (): Promise<typeof pdf> =>
  (await import(built("pdf/index.js"))) as typeof pdf;
