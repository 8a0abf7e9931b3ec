import { randomUUID } from 'node:crypto';
import { MongoAccounts } from '../../src/adapters/mongo/mongo-accounts';
import { openDatabase, type Database } from '../../src/adapters/mongo/database';
import type { ProductConnection } from '../../scripts/stack/run-processes';
import type { StackConnection } from '../../scripts/stack/start-stack';

/** The product that the global set-up has started. */
export type LiveProduct = ProductConnection & StackConnection & { readonly dataDir: string };

export function liveProduct(): LiveProduct {
  const text = process.env.PERIJOVE_TEST_PRODUCT;
  if (text === undefined) throw new Error('The live product is not running; live tests belong to the project "live".');
  return JSON.parse(text) as LiveProduct;
}

export const openLiveDatabase = (options: { readonly traced?: boolean } = {}): Database =>
  openDatabase({ uri: liveProduct().mongoUri, database: 'perijove', appName: 'test', ...options });

/** An account of its own for a test, so that tests share a product and nothing else. */
export async function newAccount(database: Database): Promise<{ account: string; token: string }> {
  const account = `t-${randomUUID().slice(0, 18)}`;
  const accounts = new MongoAccounts(database);
  await accounts.createAccount(account);
  const { token } = await accounts.createToken({ account, name: 'test' });
  return { account, token };
}
