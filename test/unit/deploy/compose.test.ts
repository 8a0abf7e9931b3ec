import { thriftyMalloc } from '../../../scripts/stack/run-processes';
import { loadServerConfig, loadWorkerConfig } from '../../../src/config/config';
import { serverSettings, workerSettings } from '../../../src/config/settings';
import { SearchAttribute } from '../../../src/contracts/temporal/sync-job';
import { at, documentsOf, isThere, keysOf, listOf, textOf } from './yaml-files';

const compose = documentsOf('compose.yaml')[0];
const services = keysOf(at(compose, 'services'));
const service = (name: string) => at(compose, 'services', name);

/** As Compose fills in variables: all of `.env.example` set. */
function environmentOf(name: string): Record<string, string> {
  const environment = at(service(name), 'environment');
  return Object.fromEntries(
    keysOf(environment).map((key) => [
      key,
      String(at(environment, key)).replace(/\$\{[A-Z0-9_]+(:-([^}]*)|:\?[^}]*)\}/g, (_, _kind, fallback?: string) =>
        fallback === undefined ? 'a-value-of-some-length' : fallback,
      ),
    ]),
  );
}

describe('deploy/compose.yaml', () => {
  it('has all components', () => {
    expect(services).toEqual(expect.arrayContaining(['server', 'worker', 'mongo', 's3', 'temporal', 'temporal-ui']));
  });

  it('gives server and worker settings that they accept', () => {
    const known = [...keysOf(serverSettings), ...keysOf(workerSettings), ...keysOf(thriftyMalloc.worker)];
    for (const name of ['server', 'worker', 'bucket']) {
      expect(keysOf(environmentOf(name)).filter((key) => !known.includes(key))).toEqual([]);
    }
    expect(loadServerConfig(environmentOf('server'))).toMatchObject({
      temporal: { address: 'temporal:7233' },
      bootstrap: { account: 'a-value-of-some-length' },
    });
    expect(loadWorkerConfig(environmentOf('worker'))).toMatchObject({ s3: { endpoint: 'http://s3:7070' } });
  });

  it('waits only for services that are there and that can tell that they are ready', () => {
    for (const name of services) {
      const dependencies = at(service(name), 'depends_on');
      for (const other of keysOf(dependencies)) {
        expect(services).toContain(other);
        if (at(dependencies, other, 'condition') === 'service_healthy') {
          expect([other, at(service(other), 'healthcheck', 'test')]).toEqual([other, expect.any(Array)]);
        }
      }
    }
  });

  it('publishes ports on the loopback address only', () => {
    const ports = services.flatMap((name) => listOf(at(service(name), 'ports')));
    expect(ports.length).toBeGreaterThan(0);
    expect(ports.filter((port) => !String(port).startsWith('127.0.0.1:'))).toEqual([]);
    expect(at(service('mongo'), 'ports')).toBeUndefined();
  });

  it('names every image by version, and every volume and mounted file is there', () => {
    const volumes = keysOf(at(compose, 'volumes'));
    for (const name of services) {
      const image = String(at(service(name), 'image'));
      if (image !== 'perijove') expect(image).toMatch(/:v?\d+(\.\d+)*$/);
      for (const mount of listOf(at(service(name), 'volumes')).map(String)) {
        const [source = ''] = mount.split(':');
        if (source.startsWith('./')) expect([source, isThere(source.slice(2))]).toEqual([source, true]);
        else expect(volumes).toContain(source);
      }
    }
  });

  it('takes every secret from .env, where all of them are listed', () => {
    const wanted = new Set([...textOf('compose.yaml').matchAll(/\$\{([A-Z0-9_]+)/g)].map(([, name]) => name));
    const offered = [...textOf('.env.example').matchAll(/^([A-Z0-9_]+)=/gm)].map(([, name]) => name);
    expect([...wanted].sort()).toEqual([...offered].sort());
    const values = services.flatMap((name) =>
      keysOf(at(service(name), 'environment'))
        .filter((key) => /PASSWORD|PWD|SECRET|TOKEN/.test(key))
        .map((key) => String(at(service(name), 'environment', key))),
    );
    expect(values.length).toBeGreaterThan(3);
    expect(values.filter((value) => !/^\$\{[A-Z0-9_]+:\?/.test(value))).toEqual([]);
  });

  it('registers exactly the search attributes that the workflows set', () => {
    const registered = /for name in ([\w ]+); do/.exec(textOf('temporal/register.sh'))?.[1]?.split(' ') ?? [];
    expect([...registered].sort()).toEqual(
      Object.values(SearchAttribute)
        .map(({ name }) => name)
        .sort(),
    );
  });
});
