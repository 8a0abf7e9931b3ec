import type { BenchCase } from '../harness/bench';
import { deleteAll } from './delete-all';
import { firstSync } from './first-sync';
import { onePercent } from './one-percent';
import { unchangedSync } from './unchanged-sync';

/** In this order one case leaves behind what the next one starts from. */
export const cases: readonly BenchCase[] = [firstSync, unchangedSync, onePercent, deleteAll];
