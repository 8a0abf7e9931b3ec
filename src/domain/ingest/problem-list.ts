import { ErrorCode } from '../../contracts/error-code';
import { DomainError, type Problem } from '../errors';
import type { UploadPart } from './staged-rows';

/** Messages list this many items; the rest is a number. */
export const maxListedProblems = 50;

const codes: Readonly<Record<UploadPart, ErrorCode>> = {
  entities: ErrorCode.entityUploadFailedValidation,
  relationships: ErrorCode.relationshipUploadFailedValidation,
  deleteEntities: ErrorCode.deleteUploadFailedValidation,
  deleteRelationships: ErrorCode.deleteUploadFailedValidation,
};

/** Gathers what is wrong with an upload, so that a client learns of all of it at once; memory stays bounded for any input. */
export class ProblemList {
  private readonly listed: { readonly code: ErrorCode; readonly problem: Problem }[] = [];
  private readonly seen = new Set<ErrorCode>();
  private total = 0;

  add(part: UploadPart, problem: Problem): void {
    this.push(codes[part], problem);
  }

  addDuplicate(problem: Problem): void {
    this.push(ErrorCode.duplicateKey, problem);
  }

  get isEmpty(): boolean {
    return this.total === 0;
  }

  /** Message form of the JupiterOne persister: `N validation error(s): - Error in entities[0]._rawData (reason=…)`. */
  toError(): DomainError {
    const problems = this.listed.map(({ problem }) => problem);
    const lines = problems.map(({ where, what }) => `- Error in ${where} (reason=${what})`);
    const rest = this.total - problems.length;
    if (rest > 0) lines.push(`- and ${rest} more`);
    // One error has one code: the gravest in the order in which an upload is understood.
    const order = [...Object.values(codes), ErrorCode.duplicateKey];
    const code = order.find((candidate) => this.seen.has(candidate)) ?? ErrorCode.invalidBody;
    return new DomainError(code, `${this.total} validation error(s): ${lines.join(' ')}`, problems);
  }

  throwIfAny(): void {
    if (!this.isEmpty) throw this.toError();
  }

  private push(code: ErrorCode, problem: Problem): void {
    this.total++;
    this.seen.add(code);
    if (this.listed.length < maxListedProblems) this.listed.push({ code, problem });
  }
}
