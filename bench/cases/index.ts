import type { BenchCase } from '../harness/bench';
import { bulkFile } from './bulk-file';
import { deleteAll } from './delete-all';
import { firstSync } from './first-sync';
import { memory } from './memory';
import { oneObjectJob } from './one-object-job';
import { onePercent } from './one-percent';
import { smallJobs } from './small-jobs';
import { unchangedSync } from './unchanged-sync';
import { upload } from './upload';

/** In this order one case leaves behind what the next one starts from. */
export const cases: readonly BenchCase[] = [
  firstSync,
  unchangedSync,
  onePercent,
  deleteAll,
  upload,
  oneObjectJob,
  smallJobs,
  bulkFile,
  memory,
];
