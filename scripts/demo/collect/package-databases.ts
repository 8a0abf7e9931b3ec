/** One installed package, whatever the package manager. */
export interface InstalledPackage {
  readonly manager: 'apk' | 'brew' | 'dpkg' | 'rpm';
  readonly name: string;
  readonly version: string;
  readonly architecture?: string;
  readonly section?: string;
  readonly summary?: string;
  readonly homepage?: string;
  readonly license?: string;
  /** Names this package needs: packages, or what packages provide. All alternatives of a choice are listed. */
  readonly dependsOn: readonly string[];
  readonly provides: readonly string[];
}

/** Stanzas of `Field: value` lines, as in Debian control files; continuation lines are joined with their field. */
function parseStanzas(text: string): ReadonlyMap<string, string>[] {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const fields = new Map<string, string>();
    let field = '';
    for (const line of stanza.split('\n')) {
      const start = /^([A-Za-z0-9-]+):\s*(.*)$/.exec(line);
      if (start?.[1] !== undefined) {
        field = start[1].toLowerCase();
        fields.set(field, start[2] ?? '');
      } else if (/^\s/.test(line) && field) {
        fields.set(field, `${fields.get(field) ?? ''}\n${line.trim()}`);
      }
    }
    return fields.size > 0 ? [fields] : [];
  });
}

/** `libc6 (>= 2.34), foo:any | bar` → libc6, foo, bar. */
function namesOf(relation: string | undefined): string[] {
  if (!relation) return [];
  const names = relation.split(/[,|]/).map((one) => one.trim().replace(/[\s(:[].*$/s, ''));
  return [...new Set(names.filter(Boolean))];
}

/** The installed packages of dpkg's status file. */
export function parseDpkgStatus(text: string): InstalledPackage[] {
  return parseStanzas(text).flatMap((fields) => {
    const name = fields.get('package');
    const version = fields.get('version');
    if (!name || !version || !/(^| )installed$/.test(fields.get('status') ?? '')) return [];
    const summary = fields.get('description')?.split('\n')[0]?.trim();
    const architecture = fields.get('architecture');
    const section = fields.get('section');
    const homepage = fields.get('homepage');
    return [
      {
        manager: 'dpkg',
        name,
        version,
        dependsOn: namesOf([fields.get('pre-depends'), fields.get('depends')].filter(Boolean).join(', ')),
        provides: namesOf(fields.get('provides')),
        ...(architecture && { architecture }),
        ...(section && { section }),
        ...(summary && { summary }),
        ...(homepage && { homepage }),
      },
    ];
  });
}

/** The installed packages of Alpine's /lib/apk/db/installed. */
export function parseApkInstalled(text: string): InstalledPackage[] {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const field = (letter: string): string | undefined => new RegExp(`^${letter}:(.*)$`, 'm').exec(stanza)?.[1]?.trim();
    const bare = (list: string | undefined): string[] =>
      (list ?? '')
        .split(/\s+/)
        .filter((one) => one && !one.startsWith('!'))
        .map((one) => one.replace(/[<>=~].*$/, ''));
    const [name, version] = [field('P'), field('V')];
    if (!name || !version) return [];
    const [architecture, summary, homepage, license] = [field('A'), field('T'), field('U'), field('L')];
    return [
      {
        manager: 'apk',
        name,
        version,
        dependsOn: [...new Set(bare(field('D')))],
        provides: [...new Set(bare(field('p')))],
        ...(architecture && { architecture }),
        ...(summary && { summary }),
        ...(homepage && { homepage }),
        ...(license && { license }),
      },
    ];
  });
}

/** Query format whose lines `parseRpmList` reads. */
export const RPM_FORMAT = '%{NAME}\\t%{VERSION}-%{RELEASE}\\t%{ARCH}\\t%{GROUP}\\t%{LICENSE}\\t%{URL}\\t%{SUMMARY}\\n';

/** The lines of `rpm -qa --queryformat RPM_FORMAT`; rpm writes `(none)` for what a package does not have. */
export function parseRpmList(text: string): InstalledPackage[] {
  return text.split('\n').flatMap((line) => {
    const [name, version, architecture, section, license, homepage, summary] = line
      .split('\t')
      .map((field) => (field === '(none)' ? '' : field.trim()));
    if (!name || !version) return [];
    return [
      {
        manager: 'rpm',
        name,
        version,
        dependsOn: [],
        provides: [],
        ...(architecture && { architecture }),
        ...(section && section !== 'Unspecified' && { section }),
        ...(license && { license }),
        ...(homepage && { homepage }),
        ...(summary && { summary }),
      },
    ];
  });
}

/** The lines of `brew list --versions`: a name and one or more versions, the newest last. */
export function parseBrewVersions(text: string): InstalledPackage[] {
  return text.split('\n').flatMap((line) => {
    const [name, ...versions] = line.trim().split(/\s+/);
    const version = versions.at(-1);
    return name && version ? [{ manager: 'brew', name, version, dependsOn: [], provides: [] }] : [];
  });
}
