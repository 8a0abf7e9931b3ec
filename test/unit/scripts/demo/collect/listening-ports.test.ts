import { buildEntity } from '../../../../../scripts/demo/collect/graph';
import { portsGraph, type OwnedSocket } from '../../../../../scripts/demo/collect/listening-ports';
import {
  parseHexAddress,
  parseLsof,
  parsePortRange,
  parseProcNet,
} from '../../../../../scripts/demo/collect/socket-tables';

const heading = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const line = (local: string, remote: string, state: string, inode: string): string =>
  `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000  1000        0 ${inode} 1 0 100\n`;

describe('socket tables', () => {
  it('decodes addresses of both families', () => {
    expect(parseHexAddress('0100007F')).toBe('127.0.0.1');
    expect(parseHexAddress('00000000000000000000000001000000')).toBe('::1');
    expect(parseHexAddress('B80D0120000000000000000001000000')).toBe('2001:db8::1');
    expect(parseHexAddress('0000000000000000FFFF00000100007F')).toBe('127.0.0.1');
    expect(parseHexAddress('xyz')).toBeUndefined();
  });

  it('takes listening TCP sockets only', () => {
    const text =
      heading +
      line('0100007F:1F90', '00000000:0000', '0A', '501') +
      line('0100007F:1F91', '0100007F:9999', '01', '502');
    expect(parseProcNet(text, 'TCP')).toEqual([{ protocol: 'TCP', address: '127.0.0.1', port: 8080, inode: '501' }]);
  });

  it('takes UDP sockets without a peer only', () => {
    const text =
      heading +
      line('00000000:0035', '00000000:0000', '07', '1') +
      line('00000000:0036', '0100007F:0035', '07', '2') +
      'x\n';
    expect(parseProcNet(text, 'UDP').map(({ port }) => port)).toEqual([53]);
  });

  it('reads lsof records', () => {
    const text =
      'p10\nf5\nPTCP\nn*:80\nf6\nPTCP\nn[::1]:81\np11\nf3\nPUDP\nn127.0.0.1:53\nn1.2.3.4:5->6.7.8.9:10\nn*:*\n';
    expect(parseLsof(text)).toEqual([
      { protocol: 'TCP', address: '0.0.0.0', port: 80, pid: 10 },
      { protocol: 'TCP', address: '::1', port: 81, pid: 10 },
      { protocol: 'UDP', address: '127.0.0.1', port: 53, pid: 11 },
    ]);
  });

  it('reads the range of ephemeral ports', () => {
    expect(parsePortRange('32768\t60999\n')).toEqual([32768, 60999]);
    expect(parsePortRange('')).toBeUndefined();
  });
});

describe('ports in the graph', () => {
  const entity = (key: string, type: string) =>
    buildEntity({ key, type, classes: ['Host'], displayName: key, properties: {} });
  const host = entity('host:1', 'host');
  const known = entity('os_process:7', 'os_process');
  const graphOf = (sockets: readonly OwnedSocket[]) =>
    portsGraph({ hostId: '1', host, processByPid: new Map([[7, known]]), sockets, ephemeral: [32768, 60999] });
  const tcp = (port: number, pids: readonly number[]): OwnedSocket => ({
    protocol: 'TCP',
    address: '0.0.0.0',
    port,
    pids,
  });

  it('relates a port to the host and to each process that holds it, once', () => {
    const { entities, relationships } = graphOf([tcp(80, [7, 8]), tcp(80, [7])]);
    expect(entities.map(({ displayName }) => displayName)).toEqual(['TCP 0.0.0.0:80']);
    expect(relationships.map(({ _key }) => _key)).toEqual([
      'host:1|has|listening_port:1:tcp:0.0.0.0:80',
      'os_process:7|uses|listening_port:1:tcp:0.0.0.0:80',
    ]);
  });

  it('leaves out ports of processes that were left out, but not those whose process cannot be seen', () => {
    expect(graphOf([tcp(81, [8]), tcp(82, [])]).entities.map(({ port }) => port)).toEqual([82]);
  });

  it('leaves out UDP clients', () => {
    const udp = (port: number): OwnedSocket => ({ protocol: 'UDP', address: '0.0.0.0', port, pids: [7] });
    expect(graphOf([udp(40000), udp(53)]).entities.map(({ port }) => port)).toEqual([53]);
  });
});
