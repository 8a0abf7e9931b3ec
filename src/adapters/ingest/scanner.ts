import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { metadataNames } from '../../domain/ingest/object-rules';
import { uploadParts } from '../../domain/ingest/staged-rows';
import { loadWasm } from '../load-wasm';
import type { ReaderLimits } from './read-context';

/** Places and numbers of `wasm/layout.ts` and `wasm/index.ts`. */
export const layout = {
  namespaces: 1024,
  metadata: 2688,
  metadataSlots: 48,
  parts: 4224,
  facts: 8192,
  rows: 24576,
  window: 196608,
  padding: 64,
} as const;
export const fact = { flagged: 0x80000000, relationship: 0x40000000, rawData: 0xffff } as const;
export const scanEnd = { end: 0, more: 1, full: 2, trouble: 3, body: 4 } as const;
export const noBatch = 0x7fffffff;

export interface ScannerExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly position: { readonly value: number };
  readonly rows: { readonly value: number };
  readonly state: { readonly value: number };
  configure(depth: number, keyBytes: number, objectBytes: number): void;
  contentHash(from: number, length: number, out: number): void;
  scan(
    from: number,
    end: number,
    state: number,
    rules: number,
    shift: number,
    batchStart: number,
    batchEnd: number,
    batchBytes: number,
    maxGap: number,
  ): number;
}

const file = join(__dirname, 'json-scanner.wasm');

export const isScannerBuilt = (): boolean => existsSync(file);

/**
 * One scanner with memory of its own; it is not re-entered, as every call is synchronous and leaves nothing behind.
 * @throws Error when the scanner was not built (`node scripts/build-wasm.mjs`)
 */
export function loadScanner(limits: ReaderLimits): ScannerExports {
  if (!isScannerBuilt()) throw new Error('The JSON scanner is not built: run "node scripts/build-wasm.mjs".');
  const scanner = loadWasm<ScannerExports>(file);
  scanner.configure(limits.maxDepth, limits.maxKeyBytes, limits.maxObjectBytes);
  writeNames(scanner, layout.metadata, metadataNames);
  writeNames(scanner, layout.parts, uploadParts);
  if (metadataNames.length > layout.metadataSlots)
    throw new RangeError('more metadata names than the scanner has slots');
  return scanner;
}

function writeNames(scanner: ScannerExports, table: number, names: readonly string[]): void {
  const memory = Buffer.from(scanner.memory.buffer);
  names.forEach((name, index) => {
    memory.write(name, table + 32 * index);
    memory[table + 32 * index + 31] = name.length;
  });
}
