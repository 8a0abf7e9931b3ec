import type { ErrorCode } from '../contracts/error-code';

/** One offending item of an input: where it is (`entities[3]._key`, `line 12`) and what is wrong with it. */
export interface Problem {
  readonly where: string;
  readonly what: string;
}

/**
 * An error that the caller can act on. `message` is a sentence that is safe to show; `problems` lists offending items (capped by
 * the thrower). Everything that is not a DomainError is a fault of ours and never reaches a client's eyes.
 */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly problems: readonly Problem[] = [],
    /** For our own log only. */
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}
