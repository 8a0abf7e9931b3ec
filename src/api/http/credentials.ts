import type { FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import { ErrorCode } from '../../contracts/error-code';
import { DomainError } from '../../domain/errors';
import type { Authenticator } from '../../domain/ports';

/**
 * Checks `Authorization: Bearer` against the account of either header (contract 2.2). Unknown token, revoked token and another
 * account's token get one and the same answer.
 */
export function requireCredentials(authenticator: Authenticator): onRequestAsyncHookHandler {
  return async (request) => {
    const account = accountOf(request);
    const token = tokenOf(request);
    if (account === undefined || token === undefined) {
      const missing = token === undefined ? '"Authorization: Bearer <token>"' : '"JupiterOne-Account: <account>"';
      throw new DomainError(ErrorCode.unauthorized, `The request needs the header ${missing}.`);
    }
    const principal = await authenticator.authenticate({ token, account });
    if (principal === undefined) {
      throw new DomainError(ErrorCode.unauthorized, 'The token is not valid for this account.');
    }
    request.principal = principal;
    request.log = request.log.child({ account: principal.account, ...jobOf(request) });
  };
}

/** Names the job in log lines, of a request for one. */
export function jobOf(request: FastifyRequest): { jobId: string } | undefined {
  const { id } = request.params as { id?: string };
  return id === undefined ? undefined : { jobId: id };
}

function accountOf({ headers }: FastifyRequest): string | undefined {
  const [current, legacy] = [headers['jupiterone-account'], headers['lifeomic-account']].map((value) =>
    (Array.isArray(value) ? value.join(',') : (value ?? '')).trim(),
  );
  if (current && legacy && current !== legacy) {
    throw new DomainError(
      ErrorCode.badRequest,
      'The headers JupiterOne-Account and LifeOmic-Account name different accounts; send one of them.',
    );
  }
  return current || legacy || undefined;
}

const tokenOf = ({ headers }: FastifyRequest): string | undefined =>
  /^bearer +(\S+)\s*$/i.exec(headers.authorization ?? '')?.[1];
