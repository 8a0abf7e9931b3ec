import { ErrorCode } from '../../contracts/error-code';
import type { SyncMode } from '../../contracts/sync-job';
import { DomainError, type Problem } from '../errors';
import { isAbsent, isPlainObject, nameOfType, type ObjectContext, type UploadedObject } from '../ingest/object-rules';
import { maxListedProblems } from '../ingest/problem-list';
import { validateEntity } from '../ingest/validate-entity';
import { validateRelationship } from '../ingest/validate-relationship';
import type { ObjectKind } from './identity';
import { readContent, type ObjectContent } from './object-content';

export interface MutationLimits {
  readonly maxKeyBytes: number;
  readonly maxObjectBytes: number;
}

/** Epoch ms that ECMAScript dates have. */
const maxTime = 8.64e15;

/** Gathers what is wrong with the arguments of one mutation. */
export class MutationInput {
  private readonly problems: Problem[] = [];

  constructor(private readonly limits: MutationLimits) {}

  /** `timestamp`, but not later than now. */
  time(timestamp: number | null | undefined, now: number): number {
    if (timestamp === undefined || timestamp === null) return now;
    if (Number.isSafeInteger(timestamp) && timestamp >= 0 && timestamp <= maxTime) return Math.min(timestamp, now);
    this.add('timestamp', 'must be a whole number of milliseconds since 1970');
    return now;
  }

  /** The members of a JSON argument; none when it is absent. */
  members(where: string, value: unknown): UploadedObject {
    if (value === undefined || value === null) return {};
    if (isPlainObject(value)) return value;
    this.add(where, `must be an object, found ${nameOfType(value)}`);
    return {};
  }

  /**
   * Checks an object as uploads are checked. `names`: how messages call metadata that came as arguments of their own.
   * @returns what it says; meaningless if there are problems
   */
  content(
    kind: ObjectKind,
    object: UploadedObject,
    options: { readonly where: string; readonly mode: SyncMode; readonly names?: Readonly<Record<string, string>> },
  ): ObjectContent {
    const { where, mode, names = {} } = options;
    const context: ObjectContext = { where, syncMode: mode, maxKeyBytes: this.limits.maxKeyBytes };
    const verdict = (kind === 'entity' ? validateEntity : validateRelationship)(object, context);
    const renamed = (at: string) => names[at.slice(where.length + 1)] ?? at;
    for (const { where: at, what } of [...verdict.problems, ...verdict.illegal]) this.add(renamed(at), what);
    if (kind === 'relationship' && !isAbsent(object['_mapping'])) {
      this.add(`${where}._mapping`, 'is for uploads of synchronization jobs');
    }
    const size = new TextEncoder().encode(JSON.stringify(object)).length;
    if (size > this.limits.maxObjectBytes) {
      this.add(where, `is ${size} bytes long, the limit for one object is ${this.limits.maxObjectBytes}`);
    }
    return this.problems.length > 0 ? { properties: {} } : readContent(kind, object);
  }

  add(where: string, what: string): void {
    this.problems.push({ where, what });
  }

  /** @throws DomainError BAD_REQUEST */
  require(): void {
    if (this.problems.length === 0) return;
    const listed = this.problems.slice(0, maxListedProblems);
    const lines = listed.map(({ where, what }) => `${where} ${what}`);
    const rest = this.problems.length - listed.length;
    if (rest > 0) lines.push(`and ${rest} more`);
    throw new DomainError(ErrorCode.badRequest, `${lines.join('; ')}.`, listed);
  }
}
