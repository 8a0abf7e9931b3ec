import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { listeningInodes } from '../../../../scripts/stack/port-holder';
import { type PortName, type PortPlan, settlePorts, takenPortsMessage } from '../../../../scripts/stack/ports';
import { readStackSettings } from '../../../../scripts/stack/stack-settings';

const none: PortPlan = { temporal: 0, temporalUi: 0, mongo: 0, s3: 0, api: 0, workerHealth: 0 };
const all = Object.keys(none) as PortName[];

async function listener(host: string): Promise<{ server: Server; port: number }> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

it('picks different free ports for zeros, and leaves others alone', async () => {
  const settled = await settlePorts(none, all);
  const ports = Object.values(settled);
  expect(new Set(ports).size).toBe(6);
  for (const port of ports) expect(port).toBeGreaterThanOrEqual(20_000);
  expect((await settlePorts({ ...none, s3: ports[0] ?? 0 }, ['s3'])).s3).toBe(ports[0]);
});

it.each(['127.0.0.1', '0.0.0.0'])('refuses a port that somebody listens on at %s', async (host) => {
  const { server, port } = await listener(host);
  const refused = settlePorts({ ...none, s3: port }, all);
  await expect(refused).rejects.toThrow(`Port ${port}, which the S3 server needs, is taken by `);
  await expect(refused).rejects.toThrow(/: end that program, or set PERIJOVE_S3_PORT to another port\.$/);
  server.close();
});

it('names the process that holds the port where the system shows it', async () => {
  if (process.platform !== 'linux') return;
  const { server, port } = await listener('127.0.0.1');
  await expect(settlePorts({ ...none, mongo: port }, all)).rejects.toThrow(`is taken by process ${process.pid} (`);
  server.close();
});

it('refuses one port for two things', async () => {
  await expect(settlePorts({ ...none, api: 20001, s3: 20001 }, all)).rejects.toThrow(
    'PERIJOVE_S3_PORT and PERIJOVE_API_PORT are both 20001: set one of them to another port.',
  );
});

it('guesses who may hold a port when it cannot be seen', () => {
  expect(takenPortsMessage([{ name: 'temporal', port: 7233, holder: undefined }])).toBe(
    'Port 7233, which Temporal needs, is taken by another program, perhaps another Temporal server: ' +
      'end that program, or set PERIJOVE_TEMPORAL_PORT to another port.',
  );
});

it('tells several taken ports in one sentence', () => {
  const holder = { pid: 42, command: `temporal ${'x'.repeat(200)}` };
  const message = takenPortsMessage([
    { name: 'temporal', port: 7233, holder },
    { name: 'mongo', port: 27117, holder: undefined },
  ]);
  expect(message).toBe(
    `Ports are taken: 7233 for Temporal (PERIJOVE_TEMPORAL_PORT) by process 42 (temporal ${'x'.repeat(41)}…), ` +
      '27117 for MongoDB (PERIJOVE_MONGO_PORT) by perhaps another MongoDB: ' +
      'end these programs (another Perijove, if it is one), or set the variables in parentheses to other ports.',
  );
});

it('finds the inode of a listening socket, and not that of a connection', () => {
  const table = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 0100007F:1C41 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1 0 100 0 0 10 0',
    '   1: 0100007F:1C41 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 222 1 0 20 4 30 10 -1',
    '   2: 0100007F:1C42 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 333 1 0 100 0 0 10 0',
  ].join('\n');
  expect(listeningInodes(table, 7233)).toEqual(['111']);
});

describe('settings of the stack', () => {
  it('have defaults, also for empty variables', () => {
    expect(readStackSettings({ PERIJOVE_S3_PORT: '' }).ports).toEqual({
      temporal: 7233,
      temporalUi: 8233,
      mongo: 27117,
      s3: 7070,
      api: 8080,
      workerHealth: 8081,
    });
    expect(readStackSettings({}).mongoCacheGb).toBe(1);
  });

  it('are refused together when several are wrong', () => {
    const env = { PERIJOVE_S3_PORT: 'abc', PERIJOVE_API_PORT: '70000', PERIJOVE_MONGO_CACHE_GB: '0' };
    expect(() => readStackSettings(env)).toThrow(
      /PERIJOVE_S3_PORT=abc: must be a port number; PERIJOVE_API_PORT=70000: must be at most 65535; PERIJOVE_MONGO_CACHE_GB=0: /,
    );
  });
});
