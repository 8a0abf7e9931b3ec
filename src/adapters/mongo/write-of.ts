import type { WriteMode } from '../../domain/graph/decide-change';
import type { ObjectKind, Scope } from '../../domain/graph/identity';
import type { ChunkOf } from '../../domain/sync-job/graph-writer';
import type { StoredJob } from '../../domain/sync-job/ports';

/** On whose behalf something is written: a job, or a mutation of a client. */
export interface Writer {
  /** Of the job or of the mutation; names what it leaves behind. */
  readonly id: string;
  /** Where bare keys lie, and who owns what is new. */
  readonly scope: Scope;
  readonly scopeId: string;
  readonly integrationInstanceId: string | null;
  readonly mode: WriteMode;
  /** Epoch ms: the time that all changes carry. */
  readonly at: number;
  /** Jobs wait for their turn in their scope, so that one at a time writes it. Mutations do not wait. */
  readonly isAlone: boolean;
  /** Name of the list of what is to be settled when the writer is done: jobs of one scope share one. */
  readonly settlementId: string;
}

/** A piece of work of a writer, which is one transaction. */
export interface WriteOf {
  readonly by: Writer;
  readonly kind: ObjectKind;
  /** Name of the marker that makes the piece happen once; null for what nobody runs again. */
  readonly chunk: string | null;
}

export function writerOf({ document, scope, scopeId, finalizeRequestedAt }: StoredJob): Writer {
  const { id, integrationInstanceId, syncMode } = document;
  return {
    id,
    scope,
    scopeId,
    integrationInstanceId,
    mode: syncMode,
    at: finalizeRequestedAt ?? 0,
    isAlone: true,
    settlementId: scopeId,
  };
}

export const writeOf = ({ job, kind, chunk }: ChunkOf): WriteOf => ({ by: writerOf(job), kind, chunk });
