import { formatIpv6 } from './ip-addresses';

export interface ListeningSocket {
  readonly protocol: 'TCP' | 'UDP';
  readonly address: string;
  readonly port: number;
  /** Linux: links the socket to the file descriptors of its processes. */
  readonly inode?: string;
  /** macOS: lsof names the process itself. */
  readonly pid?: number;
}

/** States in /proc/net/tcp and /proc/net/udp (include/net/tcp_states.h): LISTEN, and CLOSE for a UDP socket with no peer. */
const LISTENING = { TCP: '0A', UDP: '07' };

/** An address as the kernel prints it: groups of four bytes in the machine's byte order, which is little-endian. */
export function parseHexAddress(hex: string): string | undefined {
  if (!/^([0-9A-F]{8}|[0-9A-F]{32})$/i.test(hex)) return undefined;
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => [...Buffer.from(word, 'hex')].reverse());
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, index) => (bytes[index * 2] ?? 0) * 256 + (bytes[index * 2 + 1] ?? 0));
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  return mapped ? bytes.slice(12).join('.') : formatIpv6(groups);
}

/** The sockets of /proc/net/{tcp,tcp6,udp,udp6} that wait for others to connect. */
export function parseProcNet(text: string, protocol: 'TCP' | 'UDP'): ListeningSocket[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, local, remote, state, , , , , , inode] = line.trim().split(/\s+/);
      if (!local || !inode || state !== LISTENING[protocol]) return [];
      const [hex = '', port = ''] = local.split(':');
      const address = parseHexAddress(hex);
      const portNumber = Number.parseInt(port, 16);
      if (address === undefined || !(portNumber > 0) || !remote?.endsWith(':0000')) return [];
      return [{ protocol, address, port: portNumber, inode }];
    });
}

/** The `p`/`P`/`n` records of `lsof -nP -F pPn`. */
export function parseLsof(text: string): ListeningSocket[] {
  const found: ListeningSocket[] = [];
  let pid: number | undefined;
  let protocol: string | undefined;
  for (const line of text.split('\n')) {
    const value = line.slice(1);
    if (line.startsWith('p')) pid = Number(value);
    else if (line.startsWith('P')) protocol = value;
    else if (line.startsWith('n')) {
      const match = /^(\*|\[.*\]|[^:]*):(\d+)$/.exec(value);
      if (!match?.[1] || (protocol !== 'TCP' && protocol !== 'UDP')) continue;
      const address = match[1] === '*' ? '0.0.0.0' : match[1].replace(/^\[|\]$/g, '');
      found.push({ protocol, address, port: Number(match[2]), ...(pid !== undefined && { pid }) });
    }
  }
  return found;
}

/** First and last port that the system hands out to sockets which asked for none. */
export function parsePortRange(text: string): readonly [number, number] | undefined {
  const [first, last] = text.trim().split(/\s+/).map(Number);
  return first && last ? [first, last] : undefined;
}
