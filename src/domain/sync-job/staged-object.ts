/** Reads the JSON text that a staged row points to. `row` is one packed staged row. */
export function parseStaged(body: Uint8Array, row: Uint8Array): Readonly<Record<string, unknown>> {
  const view = new DataView(row.buffer, row.byteOffset, row.byteLength);
  const offset = view.getUint32(32, true);
  const length = view.getUint32(36, true);
  return JSON.parse(decoder.decode(body.subarray(offset, offset + length))) as Readonly<Record<string, unknown>>;
}

const decoder = new TextDecoder();
