import { setFlagsFromString } from 'node:v8';

/**
 * Has V8 take memory outside of the heap, such as the bodies of uploads, into its one limit for all. Otherwise every 64 MB of it make
 * V8 collect the whole heap: a fifth of the CPU of a server that takes uploads. Call it once, before there is much of it.
 */
export function accountForExternalMemory(): void {
  setFlagsFromString('--external-memory-accounted-in-global-limit');
}
