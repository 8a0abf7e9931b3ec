import { createHmac } from 'node:crypto';
import type { Seal } from '../domain/query/query-cursors';

/** HMAC-SHA-256, cut to 128 bits. */
export function createSeal(secret: Uint8Array): Seal {
  return { sign: (text) => createHmac('sha256', secret).update(text).digest().subarray(0, 16).toString('base64url') };
}
