import type { SyncJobCounter } from '../../src/contracts/sync-job';
import { canonical, end, isLive, put, withoutNulls, type Objects, type Properties } from './model-objects';

/** A `_mapping` as far as the model knows them: scalars only, every entity of class `Thing`, a target's `_key` tells its filter. */
export interface ModelMapping {
  /** Key in the job's own scope. */
  readonly source: string;
  readonly filters: readonly (readonly string[])[];
  readonly target: Readonly<Record<string, string | number>> & { readonly _key: string; readonly _type: string };
  readonly skip: boolean;
  readonly reverse: boolean;
}

export interface MappedContent {
  readonly type: string;
  readonly properties: Properties;
  readonly mapping: ModelMapping;
}

interface Contributor extends MappedContent {
  readonly version: number;
  readonly deleted: boolean;
  readonly at: number;
  readonly sourceId: string;
  readonly made: ReadonlySet<string>;
  readonly targets: ReadonlySet<string>;
  readonly stale: boolean;
}

type Add = (name: SyncJobCounter) => void;

/** The rules of mapped relationships over plain maps, one after the other. */
export class MapperModel {
  private readonly contributors = new Map<string, Contributor>();
  private readonly unsettled = new Set<string>();

  constructor(
    private readonly entities: Objects,
    private readonly relationships: Objects,
    /** What decides between contributors of the same time: the greater one counts. */
    private readonly rank: (contributor: string) => string,
  ) {}

  live(id: string): Contributor | undefined {
    const contributor = this.contributors.get(id);
    return contributor?.deleted === false ? contributor : undefined;
  }

  liveIds(): readonly string[] {
    return [...this.contributors.keys()].filter((id) => this.live(id));
  }

  /** Version that a key had as a mapped relationship. */
  versionOf(id: string): number {
    return this.contributors.get(id)?.version ?? 0;
  }

  /** Those of one job, which must be small; each looks for its targets in the graph as it was before all of them. */
  evaluate(
    changes: ReadonlyMap<string, MappedContent>,
    job: { scope: string; isMerging: boolean },
    now: number,
    add: Add,
  ) {
    const deciding: { id: string; next: MappedContent; sourceId: string; found: readonly string[] }[] = [];
    for (const [id, change] of changes) {
      const before = this.live(id);
      const base = job.isMerging ? before?.properties : {};
      const next = { ...change, properties: withoutNulls({ ...base, ...change.properties }) };
      if (before && !before.stale && canonical(contentOf(before)) === canonical(contentOf(next))) continue;
      const sourceId = `${job.scope}/${next.mapping.source}`;
      if (isLive(this.entities, sourceId)) deciding.push({ id, next, sourceId, found: this.matchesOf(next.mapping) });
      else add(before ? 'numMappedRelationshipUpdateErrors' : 'numMappedRelationshipCreateErrors');
    }
    const standIns = deciding.filter(({ next, found }) => found.length === 0 && !next.mapping.skip);
    const created = new Set<string>();
    for (const [name, by] of Map.groupBy(standIns, ({ next }) => `${mapperScope}/${next.mapping.target._key}`)) {
      if (isLive(this.entities, name)) continue;
      put(this.entities, name, this.merged(by.map(({ id, next }) => ({ id, at: now, mapping: next.mapping }))), now);
      created.add(name);
    }
    for (const { id, next, sourceId, found } of deciding) {
      const { skip, target, reverse } = next.mapping;
      const targets = found.length === 0 && !skip ? [`${mapperScope}/${target._key}`] : found;
      const made = targets.map((name) => {
        const direction = reverse ? 'reverse' : 'forward';
        const relationship = `${mapperScope}/${id} ${direction} ${name}`;
        const ends = reverse ? { from: name, to: sourceId } : { from: sourceId, to: name };
        const content = { type: next.type, properties: withoutNulls(next.properties), ...ends };
        const done = put(this.relationships, relationship, content, now);
        if (done !== 'none')
          add(done === 'created' ? 'numMappedRelationshipsCreated' : 'numMappedRelationshipsUpdated');
        return relationship;
      });
      const before = this.live(id);
      for (const name of before?.made ?? []) {
        if (!made.includes(name) && end(this.relationships, name, now)) add('numMappedRelationshipsDeleted');
      }
      const owned = skip ? [] : targets.filter((name) => name.startsWith(`${mapperScope}/`));
      for (const name of [...(before?.targets ?? []), ...owned]) if (!created.has(name)) this.unsettled.add(name);
      const version = Math.max(this.versionOf(id), this.relationships.get(id)?.version ?? 0) + 1;
      const rest = { sourceId, made: new Set(made), targets: new Set(owned), stale: false };
      this.contributors.set(id, { ...next, ...rest, version, deleted: false, at: now });
      if (end(this.relationships, id, now)) add('numRelationshipsDeleted');
    }
  }

  endContributor(id: string, now: number, add: Add): boolean {
    const contributor = this.live(id);
    if (!contributor) return false;
    for (const name of contributor.made) if (end(this.relationships, name, now)) add('numMappedRelationshipsDeleted');
    for (const name of contributor.targets) this.unsettled.add(name);
    this.contributors.set(id, { ...contributor, deleted: true, made: new Set(), targets: new Set() });
    return true;
  }

  /** Ends what ends with entities that have ended. */
  endRelationshipsOf(ended: ReadonlySet<string>, now: number, add: Add): void {
    const lost = new Set<string>();
    for (const [name, { from = '', to = '' }] of this.relationships) {
      if (!(ended.has(from) || ended.has(to)) || !end(this.relationships, name, now)) continue;
      const isGenerated = name.startsWith(`${mapperScope}/`);
      add(isGenerated ? 'numMappedRelationshipsDeleted' : 'numRelationshipsDeleted');
      lost.add(name);
    }
    for (const id of this.liveIds()) {
      const contributor = this.live(id);
      if (!contributor) continue;
      const { sourceId, made, targets, version } = contributor;
      if (ended.has(sourceId)) {
        this.endContributor(id, now, add);
      } else if (without(made, lost).size < made.size || without(targets, ended).size < targets.size) {
        const rest = { made: without(made, lost), targets: without(targets, ended) };
        this.contributors.set(id, { ...contributor, ...rest, version: version + 1, stale: true });
      }
    }
  }

  /** At the end of a job. */
  settle(now: number, add: Add): void {
    const ended = new Set<string>();
    for (const name of this.unsettled) {
      if (!isLive(this.entities, name)) continue;
      const by = this.liveIds()
        .map((id) => ({ id, ...this.live(id) }))
        .filter((one): one is { id: string } & Contributor => one.targets?.has(name) ?? false);
      if (by.length > 0) put(this.entities, name, this.merged(by), now);
      else if (end(this.entities, name, now)) ended.add(name);
    }
    this.unsettled.clear();
    this.endRelationshipsOf(ended, now, add);
  }

  private matchesOf({ filters, target }: ModelMapping): readonly string[] {
    const wanted: Properties = { ...target, _class: 'Thing' };
    for (const names of filters) {
      if (names.some((name) => !(name in wanted))) continue;
      const found = [...this.entities]
        .filter(([id, entity]) => {
          const key = id.slice(id.indexOf('/') + 1);
          const all: Properties = { ...entity.properties, _type: entity.type, _class: 'Thing', _key: key };
          return !entity.deleted && names.every((name) => all[name] === wanted[name]);
        })
        .map(([id]) => id);
      if (found.length > 0) return found;
    }
    return [];
  }

  private merged(by: readonly { readonly id: string; readonly at: number; readonly mapping: ModelMapping }[]) {
    const ordered = [...by].sort((a, b) => a.at - b.at || (this.rank(a.id) < this.rank(b.id) ? -1 : 1));
    const all = Object.assign({}, ...ordered.map(({ mapping }) => mapping.target)) as ModelMapping['target'];
    const { _type: type, ...rest } = all;
    return { type, properties: Object.fromEntries(Object.entries(rest).filter(([name]) => !name.startsWith('_'))) };
  }
}

const mapperScope = 'system-mapper';

const without = (names: ReadonlySet<string>, gone: ReadonlySet<string>): ReadonlySet<string> =>
  new Set([...names].filter((name) => !gone.has(name)));

const contentOf = ({ type, properties, mapping }: MappedContent) => [type, properties, mapping];
