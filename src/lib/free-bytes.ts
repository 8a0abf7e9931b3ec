/** Smaller memory may be a part of what others use as well, and is not worth the call. */
const minBytes = 128 * 1024;

/**
 * Gives the memory behind `bytes` back at once; a collection comes so late that several times as much is held by then. `bytes` and all
 * views of the same memory are empty from then on. Only for whoever owns all of it.
 */
export function freeBytes({ buffer }: { readonly buffer: ArrayBufferLike }): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength >= minBytes) buffer.transfer(0);
}
