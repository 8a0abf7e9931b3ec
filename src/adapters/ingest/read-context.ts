import { createHash } from 'node:crypto';
import { ErrorCode } from '../../contracts/error-code';
import { DomainError, type Problem } from '../../domain/errors';
import type { UploadPart } from '../../domain/ingest/staged-rows';
import type { ProblemList } from '../../domain/ingest/problem-list';
import type { ElementLane } from './elements';
import type { ReadOptions } from '../../domain/ingest/upload-reader';

export interface ReaderLimits {
  readonly maxObjectBytes: number;
  readonly maxDepth: number;
  readonly maxKeyBytes: number;
}

/** Everything that the steps of reading one upload share. */
export interface ReadContext {
  readonly options: ReadOptions;
  readonly limits: ReaderLimits;
  readonly problems: ProblemList;
  readonly lane: ElementLane;
  /** Bulk files: where the text at hand begins in the whole file; messages then name byte positions. */
  byteOffset: number | undefined;
  readonly hash: (bytes: Uint8Array) => Uint8Array;
}

export const sha1 = (bytes: Uint8Array): Uint8Array => createHash('sha1').update(bytes).digest();

/**
 * The body cannot be understood at all; nothing more can be said about its content.
 * @param fault the place in the text and what is wrong there, where it has one
 */
export const unreadable = (message: string, fault?: Problem): DomainError =>
  new DomainError(ErrorCode.invalidBody, message, fault === undefined ? [] : [fault]);

/** The same where the sentence is made of the fault: `${what it is not}: ${where}: ${what}.` */
export const unreadableAt = (sentence: string, fault: Problem): DomainError =>
  unreadable(`${sentence}: ${fault.where}: ${fault.what}.`, fault);

const notArrayCodes: Readonly<Record<UploadPart, ErrorCode>> = {
  entities: ErrorCode.entityIsNotArray,
  relationships: ErrorCode.relationshipIsNotArray,
  deleteEntities: ErrorCode.deleteUploadFailedValidation,
  deleteRelationships: ErrorCode.deleteUploadFailedValidation,
};

/** Message form of the JupiterOne persister: `"entities" should be an array`. */
export const notAnArray = (part: UploadPart, reason?: string): DomainError =>
  new DomainError(notArrayCodes[part], `"${part}" should be an array${reason === undefined ? '' : `: ${reason}`}`);
