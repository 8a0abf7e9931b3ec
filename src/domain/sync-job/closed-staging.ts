import type { ApplyStores, FinalizeStores } from './finalize-deps';
import type { StagedBatch, StagedContent } from './ports';

export interface ClosedStores {
  readonly stores: FinalizeStores;
  /** For what is done with the uploads. */
  readonly closed: ApplyStores & Pick<FinalizeStores, 'types'>;
}

/** Stores for a job that takes no more uploads. */
export const closedStores = (stores: FinalizeStores, jobId: string): ClosedStores => ({
  stores,
  closed: { ...stores, staging: new ClosedStaging(stores.staging, jobId) },
});

/** What was uploaded to a job that takes no more: the list of its batches is read once, and tells what there is to read at all. */
class ClosedStaging implements StagedContent {
  private all: Promise<readonly StagedBatch[]> | undefined;

  constructor(
    private readonly staging: StagedContent,
    private readonly jobId: string,
  ) {}

  async batches(): Promise<readonly StagedBatch[]> {
    return await (this.all ??= this.staging.batches(this.jobId));
  }

  partitions(request: Parameters<StagedContent['partitions']>[0]): ReturnType<StagedContent['partitions']> {
    return this.staging.partitions(request);
  }

  async content(request: Parameters<StagedContent['content']>[0]): ReturnType<StagedContent['content']> {
    return await this.staging.content(request);
  }

  async deletes(request: Parameters<StagedContent['deletes']>[0]): ReturnType<StagedContent['deletes']> {
    const hasAny = (await this.batches()).some(({ entityDeletes, relationshipDeletes }) =>
      request.kind === 'entity' ? entityDeletes > 0 : relationshipDeletes > 0,
    );
    return hasAny ? await this.staging.deletes(request) : { ids: new Uint8Array(0), unresolvable: 0 };
  }
}
