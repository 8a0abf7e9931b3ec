import { ErrorCode } from '../../../src/contracts/error-code';
import { DomainError } from '../../../src/domain/errors';
import type { RawDataContent, RawDataStore } from '../../../src/domain/graph/raw-data-store';
import type { MemoryDatabase, MemoryObject } from './memory-database';

/** Puts a version behind those that the entry has. Without content it is a deletion. */
export function addRawDataVersion(
  { rawData }: MemoryDatabase,
  entityId: string,
  entry: { readonly name: string; readonly contentType: string; readonly content?: Uint8Array; readonly at: number },
): void {
  const { name, contentType, at } = entry;
  const all = rawData.get(entityId) ?? [];
  const before = all.filter((version) => version.name === name);
  const content = entry.content ?? new Uint8Array(0);
  rawData.set(entityId, [
    ...all.map((version) => (version.name === name ? { ...version, latest: false } : version)),
    {
      name,
      versionId: `v${before.length + 1}`,
      beginOn: at,
      createdOn: before[0]?.createdOn ?? at,
      contentType,
      contentLength: content.length,
      deleted: entry.content === undefined,
      latest: true,
      content,
    },
  ]);
}

export class MemoryRawDataStore implements RawDataStore {
  constructor(
    private readonly database: MemoryDatabase,
    private readonly account: string,
    private readonly now: () => number,
  ) {}

  async versions(entityId: string, { name, latest = false }: { name?: string; latest?: boolean } = {}) {
    return this.of(entityId)
      .filter((version) => (name === undefined || version.name === name) && (!latest || version.latest))
      .map(({ content: _, ...version }) => version);
  }

  async contents(entityId: string, { name, versionId }: { name?: string; versionId?: string } = {}) {
    return this.of(entityId).filter(
      (version) =>
        !version.deleted &&
        (name === undefined || version.name === name) &&
        (versionId === undefined ? version.latest : version.versionId === versionId),
    );
  }

  async put(entityId: string, entries: Parameters<RawDataStore['put']>[1]) {
    const entity = this.entity(entityId, true);
    const texts = new Map(Object.entries(entity.rawData));
    const taken = entries.filter(({ name, content }) => texts.get(name) !== keptText(content));
    for (const entry of taken) {
      texts.set(entry.name, keptText(entry.content));
      addRawDataVersion(this.database, entityId, { ...entry, at: this.now() });
    }
    const rawData = Object.fromEntries(texts);
    if (taken.length > 0) this.database.graph.entity.set(entityId, { ...entity, rawData, hash: null });
    return taken.length;
  }

  async remove(entityId: string, names: readonly string[]) {
    const entity = this.entity(entityId, true);
    const there = this.of(entityId).filter(
      ({ name, latest, deleted }) => names.includes(name) && latest && !deleted && Object.hasOwn(entity.rawData, name),
    );
    for (const { name, contentType } of there)
      addRawDataVersion(this.database, entityId, { name, contentType, at: this.now() });
    const kept = Object.entries(entity.rawData).filter(([name]) => !there.some((version) => version.name === name));
    if (there.length > 0) {
      this.database.graph.entity.set(entityId, { ...entity, rawData: Object.fromEntries(kept), hash: null });
    }
    return there.length;
  }

  /** By name, newest first. */
  private of(entityId: string): readonly RawDataContent[] {
    this.entity(entityId, false);
    const newestFirst = (this.database.rawData.get(entityId) ?? []).toReversed();
    return newestFirst.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  }

  private entity(entityId: string, mustLive: boolean): MemoryObject {
    const found = this.database.graph.entity.get(entityId);
    if (found?.owner.account === this.account && !(mustLive && found.deleted)) return found;
    throw new DomainError(ErrorCode.notFound, `There is no entity ${JSON.stringify(entityId)}.`);
  }
}

/** As the text of a job is kept; other bytes keep apart. */
const keptText = (content: Uint8Array): string => {
  const text = Buffer.from(content).toString();
  return Buffer.from(text).equals(content) ? text : `base64:${Buffer.from(content).toString('base64')}`;
};
