import type { Db, MongoClient } from 'mongodb';
import type { Product } from '../../scripts/stack/run-processes';
import type { Fleet } from './fleet';
import type { ScopeState } from './scope-state';
import type { SyncClient } from './sync-client';

/** What every case gets: one running product, a driver of its own to the same mongod, and the data of one size. */
export interface Bench {
  readonly product: Product;
  readonly client: MongoClient;
  /** The product's database. */
  readonly db: Db;
  /** Where the other sides keep their data: another database of the same mongod. */
  readonly otherDb: Db;
  readonly api: SyncClient;
  readonly fleet: Fleet;
  readonly scope: ScopeState;
  /** Pairs A B A B of one case. */
  readonly pairs: number;
  readonly log: (line: string) => void;
}

/** One line of the table. */
export interface Row {
  readonly name: string;
  readonly unit: string;
  readonly ours: number;
  readonly theirs?: number;
  /** How often ours is better, or for times that have a floor how much longer it takes; `target` says which. */
  readonly ratio?: number;
  /** Ratios of the single pairs. */
  readonly ratios?: readonly number[];
  readonly target?: { readonly text: string; readonly isMet: boolean };
  readonly note?: string;
}

export interface BenchCase {
  readonly name: string;
  readonly title: string;
  run(bench: Bench): Promise<readonly Row[]>;
}
