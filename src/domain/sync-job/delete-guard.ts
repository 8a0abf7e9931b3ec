import { SyncMode } from '../../contracts/sync-job';
import type { ObjectKind } from '../graph/identity';
import { manifestRowBytes } from '../graph/manifest-rows';
import type { ApplyStores, FinalizeStores, RunControl } from './finalize-deps';
import { scan } from './plan-kind';
import type { PlanWriter, StoredJob } from './ports';

type GuardStores = ApplyStores & Pick<FinalizeStores, 'types'>;

export interface DeleteGuard {
  /** Share of the live objects of one kind in a scope, 0 to 1, above which a deletion is held. */
  readonly maxShare: number;
  /** How long a job waits for its approval before it is aborted. */
  readonly holdMs: number;
}

/**
 * Says of a DIFF job that it would delete more of its scope by absence than it may; undefined otherwise. Deletions that the
 * client named, and relationships that go with their entities, do not count. Plans nothing.
 */
export async function findMassDeletion(
  stores: GuardStores,
  job: StoredJob,
  request: { readonly guard: DeleteGuard; readonly run: RunControl },
): Promise<string | undefined> {
  const { guard, run } = request;
  if (job.document.syncMode !== SyncMode.diff) return undefined;
  const excesses: string[] = [];
  for (const kind of ['entity', 'relationship'] as const) {
    const counter = new DeleteCounter(stores, job, kind);
    const { live } = await scan(stores, { job, kind, run, plan: counter });
    if (counter.deletes <= live * guard.maxShare) continue;
    excesses.push(`${counter.deletes} of ${live} ${plural[kind]} (${percent(counter.deletes / live)})`);
  }
  if (excesses.length === 0) return undefined;
  const until = new Date((job.heldAt ?? run.now()) + guard.holdMs).toISOString();
  return (
    `Held: finalizing would delete ${excesses.join(' and ')} of the scope, and more than ${percent(guard.maxShare)} needs an approval ` +
    `(PERIJOVE_MAX_DELETE_SHARE). Nothing has changed. Approve the job or abort it; it is aborted by itself at ${until}.`
  );
}

const plural = { entity: 'entities', relationship: 'relationships' } as const;
const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`;

/** Takes the place of a plan that nobody wants. */
class DeleteCounter implements PlanWriter {
  deletes = 0;

  constructor(
    private readonly stores: GuardStores,
    private readonly job: StoredJob,
    private readonly kind: ObjectKind,
  ) {}

  async addBatch(): Promise<void> {}

  async addDeletes(rows: Uint8Array): Promise<void> {
    const types = this.job.document.partialTypes;
    const kept = types.length === 0 ? 0 : await this.stores.types.count({ kind: this.kind, rows, types });
    this.deletes += rows.length / manifestRowBytes - kept;
  }

  async seal(): Promise<undefined> {}
}
