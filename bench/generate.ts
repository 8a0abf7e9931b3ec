/**
 * Made-up cloud assets, the same on every machine: everything follows from the index and the seed. An entity has 25 properties and
 * about 860 bytes of JSON, a relationship about 420 bytes, which is what real integrations send.
 */

export interface GenerateOptions {
  /** Content changes with it, keys do not: variant 1 of an index is an update of its variant 0. @default 0 */
  readonly variant?: number;
  /** Another seed is another fleet with other keys. @default 1 */
  readonly seed?: number;
}

export type GeneratedObject = Readonly<Record<string, string | number | boolean | readonly string[]>>;

const regions = ['us-east-1', 'us-east-2', 'us-west-2', 'eu-central-1', 'eu-west-1', 'ap-southeast-2'] as const;
const sizes = ['t3.micro', 't3.large', 'm6i.xlarge', 'm6i.4xlarge', 'c7g.2xlarge', 'r6a.8xlarge'] as const;
const images = ['amazon-linux-2023', 'ubuntu-22.04', 'debian-12', 'windows-server-2022', 'bottlerocket-1.20'] as const;
const teams = ['platform', 'payments', 'identity', 'data-science', 'storefront', 'observability', 'mobile'] as const;
const states = ['running', 'running', 'running', 'stopped', 'pending'] as const;
const environments = ['production', 'staging', 'development', 'sandbox'] as const;
const verbs = ['CONNECTS', 'USES', 'HAS', 'ALLOWS', 'PROTECTS'] as const;

/** 32-bit mixing of index, seed and the number of the property (finalizer of MurmurHash3). */
function draw(index: number, seed: number, property: number): number {
  let h = Math.imul(index, 0x9e3779b1) ^ Math.imul(seed, 0x85ebca6b) ^ Math.imul(property + 1, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

const pick = <T>(list: readonly [T, ...T[]], number: number): T => list[number % list.length] ?? list[0];
const hex = (number: number): string => number.toString(16).padStart(8, '0');

export function entityKey(index: number, seed = 1): string {
  const region = pick(regions, draw(index, seed, 0));
  const account = 100_000_000_000 + (draw(index, seed, 1) % 40) * 7_919_113;
  return `arn:aws:ec2:${region}:${account}:instance/i-0${hex(index)}${hex(draw(index, seed, 2))}`;
}

export function generateEntity(index: number, { variant = 0, seed = 1 }: GenerateOptions = {}): GeneratedObject {
  const fixed = (property: number): number => draw(index, seed, property);
  const varied = (property: number): number => draw(index, seed + 1000 * variant, property);
  const region = pick(regions, fixed(0));
  const team = pick(teams, fixed(3));
  const address = fixed(4);
  const host = `${team}-${pick(environments, fixed(5))}-${hex(fixed(6)).slice(0, 5)}`;
  const launched = 1_600_000_000_000 + fixed(7) * 20;
  return {
    _key: entityKey(index, seed),
    _type: 'aws_instance',
    _class: ['Host'],
    displayName: host,
    name: host,
    instanceId: `i-0${hex(index)}${hex(fixed(2))}`,
    instanceType: pick(sizes, fixed(8)),
    imageName: pick(images, fixed(9)),
    imageId: `ami-0${hex(fixed(10))}${hex(fixed(11))}`,
    region,
    availabilityZone: `${region}${pick(['a', 'b', 'c'], fixed(12))}`,
    privateIpAddress: `10.${address & 255}.${(address >>> 8) & 255}.${(address >>> 16) & 255}`,
    privateDnsName: `ip-10-${address & 255}-${(address >>> 8) & 255}-${(address >>> 16) & 255}.ec2.internal`,
    macAddress: (hex(fixed(13)) + hex(fixed(14)).slice(0, 4)).replace(/(..)(?=.)/g, '$1:'),
    state: pick(states, varied(15)),
    active: varied(15) % 5 < 3,
    cpuCount: 2 ** (fixed(16) % 6),
    memoryMiB: 1024 * 2 ** (fixed(17) % 7),
    cpuUtilization: (varied(18) % 10_000) / 100,
    encrypted: fixed(19) % 4 !== 0,
    createdOn: launched,
    updatedOn: launched + (varied(20) % 1_000_000_000),
    securityGroupIds: [`sg-0${hex(fixed(21))}${hex(fixed(22))}`, `sg-0${hex(fixed(23))}${hex(fixed(24))}`],
    'tag.Team': team,
    webLink: `https://${region}.console.aws.amazon.com/ec2/home?region=${region}#InstanceDetails:instanceId=i-0${hex(index)}`,
  };
}

/** Relationship `index` among `entities` entities; its ends are drawn evenly. */
export function generateRelationship(
  index: number,
  entities: number,
  { variant = 0, seed = 1 }: GenerateOptions = {},
): GeneratedObject {
  const from = entityKey(draw(index, seed, 30) % entities, seed);
  const to = entityKey(draw(index, seed, 31) % entities, seed);
  const verb = pick(verbs, draw(index, seed, 32));
  return {
    _key: `${from}|${verb.toLowerCase()}|${hex(index)}`,
    _type: `aws_instance_${verb.toLowerCase()}_instance`,
    _class: verb,
    _fromEntityKey: from,
    _toEntityKey: to,
    displayName: verb,
    protocol: pick(['tcp', 'udp'], draw(index, seed, 35)),
    direction: 'inbound',
    port: draw(index, seed + 1000 * variant, 33) % 65_536,
    observedOn: 1_600_000_000_000 + draw(index, seed + 1000 * variant, 34),
  };
}

/** Body of one upload of the entities `from` … `from + count - 1`. */
export function entityBody(from: number, count: number, options: GenerateOptions = {}): Buffer {
  const texts = Array.from({ length: count }, (_, i) => JSON.stringify(generateEntity(from + i, options)));
  return Buffer.from(`{"entities":[${texts.join(',')}]}`);
}
