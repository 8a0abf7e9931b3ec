/** A range of IPv4 addresses as numbers, both ends included. */
export interface AddressRange {
  readonly from: number;
  readonly to: number;
}

/** `10.1.2.3` as a number; undefined for anything else. */
export function parseAddress(text: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (!match) return undefined;
  const bytes = match.slice(1).map(Number);
  return bytes.some((byte) => byte > 255) ? undefined : bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}

/** `10.1.2.3/8` is all of 10.*; an address alone is a range of one. Undefined for anything else. */
export function parseRange(text: string): AddressRange | undefined {
  const match = /^([\d.]+)(?:\/(\d{1,2}))?$/.exec(text.trim());
  const address = parseAddress(match?.[1] ?? '');
  const bits = Number(match?.[2] ?? 32);
  if (address === undefined || bits > 32) return undefined;
  const size = 2 ** (32 - bits);
  const from = address - (address % size);
  return { from, to: from + size - 1 };
}
