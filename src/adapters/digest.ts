import { hash } from 'node:crypto';

export const sha1 = (bytes: Uint8Array): Uint8Array => hash('sha1', bytes, 'buffer');
export const sha256Hex = (content: Uint8Array | string): string => hash('sha256', content, 'hex');
export const sha256Base64 = (content: Uint8Array | string): string => hash('sha256', content, 'base64');
