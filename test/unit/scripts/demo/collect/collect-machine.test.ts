import { collectMachine, joinParts } from '../../../../../scripts/demo/collect/collect-machine';
import { buildEntity, relate } from '../../../../../scripts/demo/collect/graph';
import { createSources } from '../../../../../scripts/demo/collect/sources';
import { createMachine, type MachineFixture } from '../machine-fixture';

let machine: MachineFixture;
beforeEach(() => {
  machine = createMachine();
});
afterEach(() => machine.delete());

const collect = () =>
  collectMachine({
    sources: createSources({ root: machine.root, platform: 'linux', commandTimeoutMs: 5_000 }),
    selfPid: 90,
  });

/** What comes from the fixture's files; network interfaces come from the real machine through Node. */
async function fixtureGraph() {
  const { entities, relationships } = await collect();
  const short = (key: string): string =>
    key.replace(/:[0-9a-f]{12}(?=[:|]|$)/g, '').replace(/(?<=os_process:)[0-9a-f]{8}:/g, '');
  const ofMachine = (type: string): boolean => !type.includes('network') && !type.startsWith('os_package:');
  return {
    keys: entities.filter(({ _type }) => ofMachine(_type)).map(({ _key }) => short(_key)),
    links: relationships.filter(({ _type }) => ofMachine(_type)).map(({ _key }) => short(_key)),
  };
}

it('collects the whole machine', async () => {
  const { keys, links } = await fixtureGraph();
  expect(keys.filter((key) => !key.startsWith('os_package:rpm'))).toEqual([
    'host',
    'operating_system',
    'os_user:root',
    'os_user:ada',
    'os_group:root',
    'os_group:sudo',
    'os_group:ada',
    'disk:sda',
    'file_system:/',
    'file_system:/mnt/x',
    'os_package:dpkg:service:amd64',
    'os_package:dpkg:libx:amd64',
    'os_process:1:0.01',
    'os_process:40:50',
    'listening_port:tcp:127.0.0.1:8080',
  ]);
  expect(links).toEqual(
    expect.arrayContaining([
      'host|runs|operating_system',
      'os_group:sudo|has|os_user:ada',
      'os_group:ada|has|os_user:ada',
      'file_system:/|uses|disk:sda',
      'host|installed|os_package:dpkg:service:amd64',
      'os_package:dpkg:service:amd64|uses|os_package:dpkg:libx:amd64',
      'host|runs|os_process:40:50',
      'os_user:ada|owns|os_process:40:50',
      'os_process:40:50|uses|os_package:dpkg:service:amd64',
      'os_process:40:50|uses|listening_port:tcp:127.0.0.1:8080',
    ]),
  );
});

it('gives every object what the API asks for: unique keys, both ends, flat values', async () => {
  const { entities, relationships } = await collect();
  const keys = new Set(entities.map(({ _key }) => _key));
  expect(keys.size).toBe(entities.length);
  expect(new Set(relationships.map(({ _key }) => _key)).size).toBe(relationships.length);
  for (const one of relationships) {
    expect(keys.has(one._fromEntityKey) && keys.has(one._toEntityKey)).toBe(true);
    expect(one._key).toBe(`${one._fromEntityKey}|${one._class.toLowerCase()}|${one._toEntityKey}`);
  }
  for (const entity of entities) {
    for (const value of Object.values(entity).flat()) expect(['string', 'number', 'boolean']).toContain(typeof value);
    expect(entity._key.length).toBeGreaterThanOrEqual(10);
  }
});

it('carries no secret: no environment, no argument, no hash, no credentials of a mount, no machine id', async () => {
  const text = JSON.stringify(await collect());
  expect(text).toContain('"argumentCount":2');
  expect(text).not.toMatch(/of-the-environment|of-the-command-line|secret-hash|mount-secret|feedfeed/);
});

it('finds the same twice, although the demo has new pids and short-lived processes come and go', async () => {
  const first = await collect();
  machine.remove('/proc/91');
  machine.addProcess({
    pid: 95,
    parentPid: 90,
    startTicks: 100_500,
    executable: '/usr/bin/mongod',
    socketInodes: ['502'],
  });
  machine.addProcess({ pid: 96, parentPid: 1, startTicks: 99_000 });
  machine.addProcess({ pid: 97, parentPid: 2, startTicks: 3, flags: 0x00200000 });
  expect(await collect()).toEqual(first);
});

it('sees real changes', async () => {
  const first = await collect();
  machine.remove('/proc/40');
  machine.write('/etc/group', 'root:x:0:\n');
  const second = await collect();
  const gone = first.entities.filter(({ _key }) => !second.entities.some((one) => one._key === _key));
  expect(gone.map(({ _type }) => _type).sort()).toEqual(['os_group', 'os_group', 'os_process']);
});

it('keeps processes of another boot apart', async () => {
  const keysOf = async () =>
    (await collect()).entities.filter(({ _type }) => _type === 'os_process').map(({ _key }) => _key);
  const before = await keysOf();
  machine.write('/proc/sys/kernel/random/boot_id', 'boot-2\n');
  const after = await keysOf();
  expect(before.filter((key) => after.includes(key))).toEqual([]);
});

it('says in one line each what a bare machine does not have, and still finds the host', async () => {
  for (const folder of ['/etc', '/proc', '/sys', '/var']) machine.remove(folder);
  const { entities, skipped } = await collect();
  expect(skipped.filter((one) => !one.startsWith('packages'))).toEqual([
    'users: no readable list of accounts',
    'groups: no readable list of groups',
    'file systems: no readable list of mounts',
    'processes: the system shows none',
    'listening ports: no readable list of sockets',
  ]);
  expect(entities.map(({ _type }) => _type)).toEqual(expect.arrayContaining(['host', 'operating_system']));
});

describe('joining parts', () => {
  const entity = (key: string, displayName = key) =>
    buildEntity({
      key,
      type: 'thing',
      classes: ['Host'],
      displayName,
      properties: { empty: '', none: undefined, list: [] },
    });

  it('keeps the first of equal keys and drops relationships without both ends', () => {
    const [a, b, c] = [entity('a'), entity('b'), entity('c')] as const;
    const joined = joinParts([
      { entities: [a], relationships: [relate(a, 'HAS', b), relate(a, 'HAS', c)], skipped: ['one'] },
      { entities: [entity('a', 'again'), b], relationships: [relate(a, 'HAS', b)], skipped: ['two'] },
    ]);
    expect(joined).toEqual({ entities: [a, b], relationships: [relate(a, 'HAS', b)], skipped: ['one', 'two'] });
    expect(Object.keys(a)).toEqual(['_key', '_type', '_class', 'displayName']);
  });
});
