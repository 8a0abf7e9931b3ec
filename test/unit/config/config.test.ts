import fc from 'fast-check';
import { loadServerConfig, loadWorkerConfig } from '../../../src/config/config';
import { ConfigError } from '../../../src/config/read-settings';
import { serverSettings, workerSettings } from '../../../src/config/settings';
import { tableRows } from '../../support/markdown-table';
import { settingsRows } from './settings-rows';

function problemsOf(load: () => unknown): readonly string[] {
  try {
    load();
  } catch (err) {
    if (err instanceof ConfigError) return err.problems;
    throw err;
  }
  return [];
}

describe('settings', () => {
  it('have defaults for the embedded stack', () => {
    const config = loadServerConfig({});
    expect(config.http).toMatchObject({ host: '127.0.0.1', port: 8080, maxBodyBytes: 64 * 1024 * 1024 });
    expect(config.temporal).toMatchObject({ address: '127.0.0.1:7233', taskQueue: 'graph-sync', tls: false });
    expect(config.s3.credentials).toBeUndefined();
    expect(loadWorkerConfig({})).toMatchObject({ applyLanes: 3, maxCachedWorkflows: 500, health: { port: 8081 } });
  });

  it('treat an empty variable as an absent one', () => {
    expect(loadServerConfig({ PERIJOVE_API_PORT: '', PERIJOVE_S3_ENDPOINT: ' ' })).toEqual(loadServerConfig({}));
  });

  it('are frozen at every level', () => {
    const config = loadServerConfig({ PERIJOVE_CORS_ORIGINS: 'https://a.example' });
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.http.corsOrigins)).toBe(true);
  });

  it('tell all problems in one message', () => {
    const env = {
      PERIJOVE_API_PORT: '70000',
      PERIJOVE_MONGO_URI: 'postgres://host',
      PERIJOVE_TEMPORAL_TLS: 'maybe',
      PERIJOVE_LOG_LEVEL: 'loud',
      PERIJOVE_S3_BUCKET: 'NO',
      PERIJOVE_PUBLIC_URL: 'example.com',
      PERIJOVE_CORS_ORIGINS: 'https://a.example/path',
      PERIJOVE_TEMPORAL_ADDRESS: 'temporal',
    };
    expect(problemsOf(() => loadServerConfig(env)).toSorted()).toEqual([
      'PERIJOVE_API_PORT must be at most 65535.',
      'PERIJOVE_CORS_ORIGINS must list origins such as https://assets.example.com.',
      'PERIJOVE_LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent.',
      'PERIJOVE_MONGO_URI must start with mongodb:// or mongodb+srv://.',
      'PERIJOVE_PUBLIC_URL must be a URL that starts with http:// or https://.',
      'PERIJOVE_S3_BUCKET must be a bucket name of 3 to 63 lower-case characters.',
      'PERIJOVE_TEMPORAL_ADDRESS must have the form host:port.',
      'PERIJOVE_TEMPORAL_TLS must be true or false.',
    ]);
  });

  it.each([
    [{ PERIJOVE_S3_ACCESS_KEY_ID: 'a' }, /PERIJOVE_S3_SECRET_ACCESS_KEY must be set together/],
    [{ PERIJOVE_BOOTSTRAP_ACCOUNT: 'a' }, /PERIJOVE_BOOTSTRAP_TOKEN must be set together/],
    [{ PERIJOVE_BOOTSTRAP_ACCOUNT: 'a', PERIJOVE_BOOTSTRAP_TOKEN: 'short' }, /at least 10 characters/],
  ])('that belong together must come together: %j', (env, message) => {
    expect(problemsOf(() => loadServerConfig(env)).join()).toMatch(message);
  });

  it('never show a value, whatever it is', () => {
    const names = Object.keys({ ...serverSettings, ...workerSettings });
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.stringMatching(/^[A-Z]{3}#[a-z0-9 ]{8,20}$/), (name, value) => {
        const env = { [name]: value };
        const message = [...problemsOf(() => loadServerConfig(env)), ...problemsOf(() => loadWorkerConfig(env))].join();
        expect(message).not.toContain(value);
      }),
    );
  });

  it('turn TLS on for an API key, as Temporal Cloud needs it', () => {
    expect(loadWorkerConfig({ PERIJOVE_TEMPORAL_API_KEY: 'key' }).temporal.tls).toBe(true);
  });

  it('name what looks like a setting and is none, but not what belongs to the other process or the launcher', () => {
    const env = { PERIJOVE_MONGO_URL: 'x', PERIJOVE_APPLY_LANES: '4', PERIJOVE_MONGOD_BIN: '/x', HOME: '/root' };
    expect(loadServerConfig(env).unknownSettings).toEqual(['PERIJOVE_MONGO_URL']);
  });
});

describe('docs/settings.md', () => {
  it('has one row for each setting, as it is declared', () => {
    expect(tableRows('docs/settings.md')).toEqual(settingsRows());
  });
});
