import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collection = { readonly type: 'minor' } | { readonly type: 'major'; readonly flavor: 'last-resort' };

/** The function that `--expose-gc` makes, without the flag at start. It collects before it returns. */
export function exposedCollector(): (collection: Collection) => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as (collection: Collection) => void;
}
