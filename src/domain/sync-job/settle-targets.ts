import type { FinalizeStores, RunControl } from './finalize-deps';
import type { StoredJob } from './ports';

/** Settles what the job's mapped relationships leave to do, and what an earlier job of the scope that failed has left. */
export async function settleTargets({ graph }: FinalizeStores, job: StoredJob, run: RunControl): Promise<void> {
  for (let done = 0; ;) {
    run.checkpoint();
    const settled = await graph.settleTargets(job);
    if (settled === 0) return;
    done += settled;
    run.progress({ step: 'settling targets of mapped relationships', done, of: done });
  }
}
