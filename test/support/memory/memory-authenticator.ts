import type { Authenticator } from '../../../src/domain/ports';

export interface MemoryToken {
  readonly id: string;
  readonly account: string;
  readonly token: string;
  readonly expiresAt?: number | undefined;
}

/** Knows the tokens of a list, as it is at each call. */
export const memoryAuthenticator = (tokens: readonly MemoryToken[], now: () => number = Date.now): Authenticator => ({
  authenticate: async ({ account, token }) => {
    const found = tokens.find((each) => each.token === token && each.account === account);
    if (!found || (found.expiresAt !== undefined && found.expiresAt <= now())) return undefined;
    return { account, tokenId: found.id };
  },
});
