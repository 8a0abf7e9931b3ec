import type { Authenticator } from '../../../src/domain/ports';
import { newAccountName } from './subject';

export interface AuthenticatorSubject {
  readonly authenticator: Authenticator;
  /** Epoch ms that the authenticator sees. */
  readonly clock: { now: number };
  /** Makes a token of an account, which need not be there yet. */
  grant(account: string, expiresAt?: number): Promise<{ readonly id: string; readonly token: string }>;
  revoke(tokenId: string): Promise<void>;
}

/** A revocation takes effect within this time. */
const revokedWithinMs = 5_000;

/** What everyone may rely on of an `Authenticator`. */
export function authenticatorContract(openSubject: () => AuthenticatorSubject): void {
  describe('Authenticator', () => {
    let subject: AuthenticatorSubject;
    let account: string;
    beforeAll(() => {
      subject = openSubject();
    });
    beforeEach(() => {
      account = newAccountName();
    });
    const ask = async (token: string, of = account) => await subject.authenticator.authenticate({ token, account: of });

    it('knows a token of the account, as soon as it is there', async () => {
      const { id, token } = await subject.grant(account);
      expect(await ask(token)).toEqual({ account, tokenId: id });
      const second = await subject.grant(account);
      expect(await ask(second.token)).toEqual({ account, tokenId: second.id });
      expect(await ask(token)).toEqual({ account, tokenId: id });
    });

    it.each(['', 'x', 'undefined', '__proto__', '\u0000', 'ä'.repeat(5_000)])(
      'does not know a token that is %j',
      async (token) => {
        await subject.grant(account);
        expect(await ask(token)).toBeUndefined();
      },
    );

    it('does not take a token for another account', async () => {
      const { token } = await subject.grant(account);
      await subject.grant(newAccountName());
      for (const other of [newAccountName(), '', '__proto__', account.toUpperCase(), ` ${account}`]) {
        expect(await ask(token, other)).toBeUndefined();
      }
    });

    it('takes a token until it expires', async () => {
      const { id, token } = await subject.grant(account, subject.clock.now + 1_000);
      expect(await ask(token)).toEqual({ account, tokenId: id });
      subject.clock.now += 999;
      expect(await ask(token)).toEqual({ account, tokenId: id });
      subject.clock.now += 1;
      expect(await ask(token)).toBeUndefined();
    });

    it('does not take a token that was revoked', async () => {
      const [revoked, other] = [await subject.grant(account), await subject.grant(account)];
      expect(await ask(revoked.token)).toBeDefined();
      await subject.revoke(revoked.id);
      subject.clock.now += revokedWithinMs;
      expect(await ask(revoked.token)).toBeUndefined();
      expect(await ask(other.token)).toEqual({ account, tokenId: other.id });
    });
  });
}
