import type { StagedBatch, StagedContent, StagedPartition } from './ports';

/**
 * The uploads of a job up to a moment, and after them what was staged aside as if it had been uploaded too. Later uploads do not
 * show, so that all reads of one run agree.
 */
export class StagedAsIf implements StagedContent {
  private constructor(
    private readonly staging: StagedContent,
    private readonly jobId: string,
    private readonly aside: string,
    private readonly last: number,
  ) {}

  static async of(staging: StagedContent, { jobId, aside }: { jobId: string; aside: string }): Promise<StagedAsIf> {
    const batches = await staging.batches(jobId);
    return new StagedAsIf(staging, jobId, aside, batches.at(-1)?.seq ?? 0);
  }

  async batches(): Promise<readonly StagedBatch[]> {
    const [own, aside] = await Promise.all([this.staging.batches(this.jobId), this.staging.batches(this.aside)]);
    return [
      ...own.filter(({ seq }) => seq <= this.last),
      ...aside.map((batch) => ({ ...batch, seq: batch.seq + this.last })),
    ];
  }

  async *partitions(request: Parameters<StagedContent['partitions']>[0]): AsyncIterable<StagedPartition> {
    for await (const part of this.staging.partitions({ ...request, jobId: this.jobId })) {
      if (part.seq <= this.last) yield part;
    }
    for await (const { seq, rows } of this.staging.partitions({ ...request, jobId: this.aside })) {
      yield { seq: seq + this.last, rows };
    }
  }

  async content(request: Parameters<StagedContent['content']>[0]): ReturnType<StagedContent['content']> {
    return await this.staging.content({ ...request, ...this.placeOf(request.seq) });
  }

  async deletes({ kind }: Parameters<StagedContent['deletes']>[0]): Promise<{ ids: Uint8Array; unresolvable: number }> {
    const own = await this.staging.deletes({ jobId: this.jobId, kind, upTo: this.last });
    const aside = await this.staging.deletes({ jobId: this.aside, kind });
    const ids = new Uint8Array(own.ids.length + aside.ids.length);
    ids.set(own.ids);
    ids.set(aside.ids, own.ids.length);
    return { ids, unresolvable: own.unresolvable + aside.unresolvable };
  }

  private placeOf(seq: number): { jobId: string; seq: number } {
    return seq <= this.last ? { jobId: this.jobId, seq } : { jobId: this.aside, seq: seq - this.last };
  }
}
