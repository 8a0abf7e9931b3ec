import { BlockList, isIPv4, isIPv6 } from 'node:net';

export interface InterfaceAddress {
  readonly interfaceName: string;
  readonly address: string;
  readonly family: 4 | 6;
  readonly prefixLength: number;
}

function blockList(subnets: readonly (readonly [string, number, 'ipv4' | 'ipv6'])[]): BlockList {
  const list = new BlockList();
  for (const [network, prefix, family] of subnets) list.addSubnet(network, prefix, family);
  return list;
}

const LOOPBACK = blockList([
  ['127.0.0.0', 8, 'ipv4'],
  ['::1', 128, 'ipv6'],
]);
const LINK_LOCAL = blockList([
  ['169.254.0.0', 16, 'ipv4'],
  ['fe80::', 10, 'ipv6'],
]);
/** Not reachable from the internet: the special-purpose registries of RFC 6890 as far as an interface can hold such an address. */
const PRIVATE = blockList([
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.0.2.0', 24, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['198.51.100.0', 24, 'ipv4'],
  ['203.0.113.0', 24, 'ipv4'],
  ['2001:db8::', 32, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
]);

function within(list: BlockList, address: string): boolean {
  const bare = address.replace(/%.*$/, '');
  if (isIPv4(bare)) return list.check(bare, 'ipv4');
  return isIPv6(bare) && list.check(bare, 'ipv6');
}

export const isLoopback = (address: string): boolean => within(LOOPBACK, address);
export const isLinkLocal = (address: string): boolean => within(LINK_LOCAL, address);
export const isPrivateAddress = (address: string): boolean =>
  within(PRIVATE, address) || isLoopback(address) || isLinkLocal(address);

/** The eight (or two) 16-bit groups of an address; undefined when it is none. */
function groupsOf(address: string): number[] | undefined {
  if (isIPv4(address)) {
    const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
    return [a * 256 + b, c * 256 + d];
  }
  if (!isIPv6(address)) return undefined;
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(address);
  const tail = dotted?.[2]
    ? groupsOf(dotted[2])
        ?.map((group) => group.toString(16))
        .join(':')
    : undefined;
  const [head = '', rest] = (tail === undefined ? address : `${dotted?.[1] ?? ''}${tail}`).split('::');
  const left = head === '' ? [] : head.split(':');
  const right = rest === undefined || rest === '' ? [] : rest.split(':');
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right].map((group) => Number.parseInt(group, 16));
}

/** RFC 5952 text of eight groups: the longest run of two or more zero groups becomes `::`. */
export function formatIpv6(groups: readonly number[]): string {
  let best = { start: -1, length: 1 };
  for (let start = 0; start < groups.length; start += 1) {
    let length = 0;
    while (groups[start + length] === 0) length += 1;
    if (length > best.length) best = { start, length };
  }
  const hex = groups.map((group) => group.toString(16));
  if (best.start < 0) return hex.join(':');
  return `${hex.slice(0, best.start).join(':')}::${hex.slice(best.start + best.length).join(':')}`;
}

/** The network that holds an address, such as `10.1.2.0/24`. */
export function networkOf(address: string, prefixLength: number): string | undefined {
  const groups = groupsOf(address.replace(/%.*$/, ''));
  if (!groups) return undefined;
  const masked = groups.map((group, index) => {
    const bits = Math.min(16, Math.max(0, prefixLength - index * 16));
    return group & ((0xffff << (16 - bits)) & 0xffff);
  });
  const text =
    masked.length === 2 ? masked.flatMap((group) => [group >> 8, group & 0xff]).join('.') : formatIpv6(masked);
  return `${text}/${prefixLength}`;
}
