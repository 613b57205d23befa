/** Code that is compiled and has no memory. */
export type WasmModule = object;
export type WasmImports = object;

interface Wasm {
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Instance: new (
    module: WasmModule,
    imports: WasmImports,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
}

/** The types of Node leave it out. */
export const wasm = (globalThis as unknown as { readonly WebAssembly: Wasm }).WebAssembly;
