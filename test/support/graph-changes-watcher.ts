import { Long } from 'mongodb';
import type { GraphDocument } from '../../src/adapters/mongo/collections';
import type { Database } from '../../src/adapters/mongo/database';
import { bytesOf, idsIn, idToText } from '../../src/adapters/mongo/packed-ids';

/** Holds what has become of the graph of an account against the records of its changes. */
export class GraphChangesWatcher {
  private before: ReadonlyMap<string, string> = new Map();
  private readonly seen = new Set<string>();

  constructor(
    private readonly database: Database,
    private readonly account: string,
  ) {}

  /** Every object that differs since the last call must be in a record that was not there then. */
  async expectRecorded(): Promise<void> {
    const after = await this.readGraph();
    const recorded = await this.takeRecorded();
    const names = new Set([...this.before.keys(), ...after.keys()]);
    const differing = [...names].filter((name) => this.before.get(name) !== after.get(name));
    expect(differing.filter((name) => !recorded.has(name))).toEqual([]);
    this.before = after;
  }

  private async readGraph(): Promise<Map<string, string>> {
    const { entities, relationships } = this.database.collections;
    const of = { _accountId: this.account };
    const text = ({ _touched, ...document }: GraphDocument) => JSON.stringify(document);
    const graph = new Map<string, string>();
    for await (const entity of entities.find(of)) graph.set(`entity ${idToText(entity._id)}`, text(entity));
    for await (const edge of relationships.find(of)) graph.set(`relationship ${idToText(edge._id)}`, text(edge));
    return graph;
  }

  private async takeRecorded(): Promise<Set<string>> {
    const recorded = new Set<string>();
    for (const record of await this.database.collections.graphChanges.find({ account: this.account }).toArray()) {
      if (this.seen.has(record._id.toHexString())) continue;
      this.seen.add(record._id.toHexString());
      expect(Long.fromBits(record.at.low, record.at.high, true).isZero()).toBe(false);
      expect(record.removeAt.getTime()).toBeGreaterThan(0);
      for (const id of idsIn(bytesOf(record.entities))) recorded.add(`entity ${idToText(id)}`);
      for (const id of idsIn(bytesOf(record.relationships))) recorded.add(`relationship ${idToText(id)}`);
    }
    return recorded;
  }
}
