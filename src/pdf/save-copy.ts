import { closeSync, openSync, writeSync } from "node:fs";
import { type Pdfium, type Pointer, withMemory } from "./pdfium.ts";
import { wasm } from "./wasm.ts";

/** FPDF_REMOVE_SECURITY of fpdf_save.h. */
const removeSecurity = 3;

/**
 * A WebAssembly module that imports a function `e.f` of three numbers and exports it again as `f`: the only
 * way to put a function of ours where PDFium can call it, since the package leaves Emscripten's helper out.
 */
const bridge = new Uint8Array([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x08, 0x01, 0x60, 0x03, 0x7f, 0x7f, 0x7f, 0x01, 0x7f],
  ...[0x02, 0x07, 0x01, 0x01, 0x65, 0x01, 0x66, 0x00, 0x00],
  ...[0x07, 0x05, 0x01, 0x01, 0x66, 0x00, 0x00],
]);

/** Writes an open document to a new file without its password. Returns whether PDFium could. */
export function saveWithoutPassword(pdfium: Pdfium, doc: Pointer, target: string): boolean {
  const file = openSync(target, "wx", 0o600);
  try {
    const write = (_self: number, data: Pointer, bytes: number): number => {
      writeSync(file, pdfium.HEAPU8, data, bytes);
      return 1;
    };
    const { exports } = new wasm.Instance(new wasm.Module(bridge), { e: { f: write } });
    // Place 0 is the null pointer, which nothing of PDFium fills; the table cannot grow.
    pdfium.wasmExports.__indirect_function_table.set(0, exports.f);
    return withMemory(pdfium, 8, (at) => {
      // struct FPDF_FILEWRITE: version 1, and the function's place in the table.
      new Uint32Array(pdfium.HEAPU8.buffer, at, 2).set([1, 0]);
      return pdfium._FPDF_SaveAsCopy(doc, at, removeSecurity) !== 0;
    });
  } finally {
    closeSync(file);
  }
}
