import { buildEntity, relate, type Collected, type Entity, type Relationship } from './graph';
import type { Sources } from './sources';

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly fullName?: string;
  readonly home?: string;
  readonly shell?: string;
}

export interface Group {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

const ADMIN_GROUPS = new Set(['root', 'sudo', 'wheel', 'admin']);

/** Accounts of a passwd(5) file. Of the comment field only the full name is taken: the rest may hold phone numbers. */
export function parsePasswd(text: string): Account[] {
  return text.split('\n').flatMap((line) => {
    const [name, , uid, gid, comment, home, shell] = line.split(':');
    if (!name || name.startsWith('#') || !isId(uid) || !isId(gid)) return [];
    const fullName = comment?.split(',')[0]?.trim();
    return [
      {
        name,
        uid: Number(uid),
        gid: Number(gid),
        ...(fullName && { fullName }),
        ...(home && { home }),
        ...(shell && { shell }),
      },
    ];
  });
}

/** Groups of a group(5) file. */
export function parseGroup(text: string): Group[] {
  return text.split('\n').flatMap((line) => {
    const [name, , gid, members = ''] = line.split(':');
    if (!name || name.startsWith('#') || !isId(gid)) return [];
    return [
      {
        name,
        gid: Number(gid),
        members: members
          .split(',')
          .map((one) => one.trim())
          .filter(Boolean),
      },
    ];
  });
}

/** The `name value` lines of macOS's `dscl . -list <path> <attribute>`. */
export function parseDsclList(text: string): ReadonlyMap<string, string> {
  const pairs = text.split('\n').flatMap((line): [string, string][] => {
    const match = /^(\S+)\s+(.*\S)\s*$/.exec(line);
    return match?.[1] && match[2] ? [[match[1], match[2]]] : [];
  });
  return new Map(pairs);
}

function isId(text: string | undefined): boolean {
  return text !== undefined && /^-?\d+$/.test(text);
}

async function readAccounts(sources: Sources): Promise<{ accounts?: Account[]; groups?: Group[] }> {
  if (sources.platform === 'darwin') return readDirectoryService(sources);
  const [passwd, group] = await Promise.all([sources.readText('/etc/passwd'), sources.readText('/etc/group')]);
  return {
    ...(passwd !== undefined && { accounts: parsePasswd(passwd) }),
    ...(group !== undefined && { groups: parseGroup(group) }),
  };
}

async function readDirectoryService(sources: Sources): Promise<{ accounts?: Account[]; groups?: Group[] }> {
  const list = async (path: string, attribute: string): Promise<ReadonlyMap<string, string> | undefined> => {
    const text = await sources.run('dscl', ['.', '-list', path, attribute]);
    return text === undefined ? undefined : parseDsclList(text);
  };
  const [uids, gids, homes, shells, groupIds, members] = await Promise.all([
    list('/Users', 'UniqueID'),
    list('/Users', 'PrimaryGroupID'),
    list('/Users', 'NFSHomeDirectory'),
    list('/Users', 'UserShell'),
    list('/Groups', 'PrimaryGroupID'),
    list('/Groups', 'GroupMembership'),
  ]);
  const accounts =
    uids &&
    [...uids].map(([name, uid]) => {
      const home = homes?.get(name);
      const shell = shells?.get(name);
      return {
        name,
        uid: Number(uid),
        gid: Number(gids?.get(name) ?? -1),
        ...(home && { home }),
        ...(shell && { shell }),
      };
    });
  const groups =
    groupIds &&
    [...groupIds].map(([name, gid]) => ({
      name,
      gid: Number(gid),
      members: members?.get(name)?.split(/\s+/) ?? [],
    }));
  return { ...(accounts && { accounts }), ...(groups && { groups }) };
}

export interface CollectedUsers extends Collected {
  /** User entities by numeric id; the first account of an id counts, as for getpwuid(3). */
  readonly userByUid: ReadonlyMap<number, Entity>;
}

export async function collectUsers(
  sources: Sources,
  { hostId, host }: { hostId: string; host: Entity },
): Promise<CollectedUsers> {
  const { accounts, groups } = await readAccounts(sources);
  const skipped = [
    ...(accounts ? [] : ['users: no readable list of accounts']),
    ...(groups ? [] : ['groups: no readable list of groups']),
  ];
  return { ...usersGraph({ hostId, host, accounts: accounts ?? [], groups: groups ?? [] }), skipped };
}

export interface UsersInput {
  readonly hostId: string;
  readonly host: Entity;
  readonly accounts: readonly Account[];
  readonly groups: readonly Group[];
}

export function usersGraph({ hostId, host, accounts, groups }: UsersInput): Omit<CollectedUsers, 'skipped'> {
  const relationships: Relationship[] = [];
  const userByName = new Map<string, Entity>();
  const userByUid = new Map<number, Entity>();
  const admins = new Set(groups.filter(({ name }) => ADMIN_GROUPS.has(name)).flatMap(({ members }) => members));
  for (const account of accounts) {
    if (userByName.has(account.name)) continue;
    const user = userEntity(hostId, account, admins.has(account.name));
    userByName.set(account.name, user);
    if (!userByUid.has(account.uid)) userByUid.set(account.uid, user);
    relationships.push(relate(host, 'HAS', user));
  }
  const groupByName = new Map<string, Entity>();
  for (const group of groups) {
    if (groupByName.has(group.name)) continue;
    const entity = groupEntity(hostId, group);
    groupByName.set(group.name, entity);
    relationships.push(relate(host, 'HAS', entity));
    const primary = accounts.filter(({ gid }) => gid === group.gid).map(({ name }) => name);
    for (const member of new Set([...primary, ...group.members])) {
      const user = userByName.get(member);
      if (user) relationships.push(relate(entity, 'HAS', user));
    }
  }
  return { entities: [...userByName.values(), ...groupByName.values()], relationships, userByUid };
}

function userEntity(hostId: string, account: Account, inAdminGroup: boolean): Entity {
  const canLogIn = account.shell === undefined ? undefined : !/\/(nologin|false|sync|true)$/.test(account.shell);
  return buildEntity({
    key: `os_user:${hostId}:${account.name}`,
    type: 'os_user',
    classes: ['User'],
    displayName: account.name,
    properties: {
      name: account.fullName ?? account.name,
      username: [account.name],
      shortLoginId: [account.name],
      userIds: [String(account.uid)],
      uid: account.uid,
      gid: account.gid,
      homeDirectory: account.home,
      shell: account.shell,
      canLogIn,
      isAdmin: account.uid === 0 || inAdminGroup,
    },
  });
}

function groupEntity(hostId: string, { name, gid }: Group): Entity {
  return buildEntity({
    key: `os_group:${hostId}:${name}`,
    type: 'os_group',
    classes: ['UserGroup'],
    displayName: name,
    properties: { name, gid },
  });
}
