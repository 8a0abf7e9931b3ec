import type { Database } from '../../../src/adapters/mongo/database';
import { openLiveDatabase } from '../../support/live-product';
import { newClientAccount, type ClientAccount } from './client-account';
import { installWithinMs } from './install-clients';
import { startRecordingProxy, type RecordingProxy } from './recording-proxy';

export interface LiveClient {
  readonly database: Database;
  /** A new one for each test. */
  readonly account: ClientAccount;
  /** Before the API; a new one for each test. */
  readonly proxy: RecordingProxy;
}

/** What every test of a client needs, set up and taken down by hooks: for the top of a `describe`. `install` runs once. */
export function useLiveClient(install: () => Promise<unknown>): LiveClient {
  const live: { -readonly [Name in keyof LiveClient]?: LiveClient[Name] } = {};
  const ready = <Name extends keyof LiveClient>(name: Name): LiveClient[Name] => {
    const value = live[name] as LiveClient[Name] | undefined;
    if (value === undefined) throw new Error(`${name} is there only while a test runs`);
    return value;
  };

  beforeAll(async () => {
    await install();
    live.database = openLiveDatabase();
  }, installWithinMs);
  afterAll(async () => {
    await live.database?.client.close();
  });
  beforeEach(async () => {
    live.account = await newClientAccount(ready('database'));
    live.proxy = await startRecordingProxy(live.account.apiBaseUrl);
  });
  afterEach(async () => {
    await live.proxy?.close();
  });

  return {
    get database() {
      return ready('database');
    },
    get account() {
      return ready('account');
    },
    get proxy() {
      return ready('proxy');
    },
  };
}
