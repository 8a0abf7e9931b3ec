import { bytesToUuid, uuidToBytes } from '../graph/identity';

/**
 * Names of results in URLs: whoever has one may read the result, with no other credentials (contract 5.3). A token is the result's
 * id and a signature of the installation, so that it is stored nowhere and can be made again from the id.
 */
export class ResultTokens {
  /** @param sign 128 bits or more in base64url that only this installation can make for a text */
  constructor(private readonly sign: (text: string) => string) {}

  of(id: string): string {
    return `${toBase64Url(uuidToBytes(id))}${this.sign(`query-result ${id.toLowerCase()}`)}`;
  }

  /** Undefined for a text that is no token of ours. */
  idOf(token: string): string | undefined {
    const [, idPart] = /^([\w-]{22})[\w-]{22,}$/.exec(token) ?? [];
    if (idPart === undefined) return undefined;
    const id = bytesToUuid(fromBase64Url(idPart));
    return isEqual(token, this.of(id)) ? id : undefined;
  }
}

const toBase64Url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');

const fromBase64Url = (text: string): Uint8Array =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));

/** In the same time wherever the texts differ. */
function isEqual(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let at = 0; at < a.length; at += 1) difference |= a.charCodeAt(at) ^ b.charCodeAt(at);
  return difference === 0;
}
