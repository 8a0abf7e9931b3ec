import type { Product } from '../../scripts/stack/run-processes';

/** Handed from the global set-up to the global tear-down, which share a process. */
export const running: { product?: Product; dataDir?: string } = {};
