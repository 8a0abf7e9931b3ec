import { readFileSync } from 'node:fs';

/** The part of the global that is used; the type library of Node does not declare it. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

/** A new instance of a compiled module that imports nothing, with memory of its own. `Exports` is the caller's word for what it has. */
export const loadWasm = <Exports>(file: string): Exports =>
  new WebAssembly.Instance(new WebAssembly.Module(readFileSync(file)), {}).exports as Exports;
