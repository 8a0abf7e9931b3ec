import { randomBytes, randomUUID } from 'node:crypto';
import { ErrorCode } from '../../contracts/error-code';
import { DomainError } from '../../domain/errors';
import type { Authenticator, Principal } from '../../domain/ports';
import { sha256Hex } from '../digest';
import type { TokenDocument } from './collections';
import { isDuplicateKey, orUnavailable, type Database } from './database';

/** A token as operators see it: never the token itself. */
export type TokenInfo = Omit<TokenDocument, 'hash'>;

const accountPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{2,63}$/;
const minTokenLength = 10;

/** Accounts and tokens. Tokens are random and long, so that one round of SHA-256 is enough to keep them. */
export class MongoAccounts {
  constructor(private readonly database: Database) {}

  /** @throws DomainError BAD_REQUEST for a name that clients would refuse, CONFLICT for one that exists. */
  async createAccount(name: string): Promise<void> {
    if (!accountPattern.test(name)) {
      throw new DomainError(
        ErrorCode.badRequest,
        `"${name}" cannot be an account: 3 to 64 letters, digits, "-" or "_", the first one a letter or digit.`,
      );
    }
    try {
      await orUnavailable(this.accounts.insertOne({ _id: name, name, createdAt: Date.now() }));
    } catch (err) {
      if (isDuplicateKey(err)) throw new DomainError(ErrorCode.conflict, `The account "${name}" exists already.`);
      throw err;
    }
  }

  async listAccounts(): Promise<readonly string[]> {
    return await this.accounts
      .find()
      .sort({ _id: 1 })
      .map(({ _id }) => _id)
      .toArray();
  }

  async exists(account: string): Promise<boolean> {
    return (await orUnavailable(this.accounts.findOne({ _id: account }, { projection: { _id: 1 } }))) !== null;
  }

  /** The token is in the answer and nowhere else. @throws DomainError NOT_FOUND for an unknown account. */
  async createToken(request: {
    readonly account: string;
    readonly name: string;
    readonly expiresAt?: number | undefined;
    /** A token that is given instead of made, for the first start of a stack. */
    readonly token?: string | undefined;
  }): Promise<{ readonly id: string; readonly token: string }> {
    const { account, name, expiresAt, token = `pj_${randomBytes(32).toString('base64url')}` } = request;
    if (token.length < minTokenLength) {
      throw new DomainError(ErrorCode.badRequest, `A token needs ${minTokenLength} characters at least.`);
    }
    if (!(await this.exists(account))) throw new DomainError(ErrorCode.notFound, `There is no account "${account}".`);
    const id = randomUUID();
    await this.tokens.insertOne({
      _id: id,
      account,
      name,
      hash: sha256Hex(token),
      createdAt: Date.now(),
      expiresAt: expiresAt ?? null,
      revokedAt: null,
    });
    return { id, token };
  }

  async listTokens(account?: string): Promise<readonly TokenInfo[]> {
    const filter = account === undefined ? {} : { account };
    return await this.tokens
      .find(filter, { projection: { hash: 0 } })
      .sort({ account: 1, createdAt: 1 })
      .toArray();
  }

  /** @throws DomainError NOT_FOUND */
  async revokeToken(id: string): Promise<void> {
    const { matchedCount } = await this.tokens.updateOne(
      { _id: id, revokedAt: null },
      { $set: { revokedAt: Date.now() } },
    );
    if (matchedCount === 0) throw new DomainError(ErrorCode.notFound, `There is no valid token with the id ${id}.`);
  }

  /** Makes the account and token that a first start was given; changes nothing when they are there. */
  async bootstrap({ account, token }: { readonly account: string; readonly token: string }): Promise<void> {
    if (!(await this.exists(account))) {
      await this.createAccount(account).catch((err: unknown) => {
        if (!(err instanceof DomainError && err.code === ErrorCode.conflict)) throw err;
      });
    }
    const known = await this.tokens.findOne({ hash: sha256Hex(token) }, { projection: { _id: 1 } });
    if (known) return;
    await this.createToken({ account, name: 'first start', token }).catch((err: unknown) => {
      if (!isDuplicateKey(err)) throw err;
    });
  }

  async findToken(hash: string): Promise<TokenDocument | null> {
    return await orUnavailable(this.tokens.findOne({ hash }));
  }

  private get accounts() {
    return this.database.collections.accounts;
  }

  private get tokens() {
    return this.database.collections.tokens;
  }
}

/** How long an answer about a token may be reused; a revocation takes effect within it. */
const cacheMs = 5_000;
const maxCached = 10_000;

export class MongoAuthenticator implements Authenticator {
  private readonly cache = new Map<string, { readonly until: number; readonly found: TokenDocument | null }>();

  constructor(
    private readonly accounts: MongoAccounts,
    private readonly now: () => number,
  ) {}

  async authenticate({ token, account }: { token: string; account: string }): Promise<Principal | undefined> {
    const found = await this.find(sha256Hex(token));
    if (!found || found.account !== account || found.revokedAt !== null) return undefined;
    if (found.expiresAt !== null && found.expiresAt <= this.now()) return undefined;
    return { account, tokenId: found._id };
  }

  private async find(hash: string): Promise<TokenDocument | null> {
    const cached = this.cache.get(hash);
    if (cached && cached.until > this.now()) return cached.found;
    const found = await this.accounts.findToken(hash);
    if (this.cache.size >= maxCached) this.cache.clear();
    // Unknown tokens are asked for every time: a token made a moment ago must work at once.
    if (found) this.cache.set(hash, { until: this.now() + cacheMs, found });
    return found;
  }
}
