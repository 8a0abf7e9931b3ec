import { makeDesign } from './designs';
import { makeDuckDb } from './duckdb';
import { makeEngine } from './engine';
import { makeHttp } from './http';
import { makeKuzu } from './kuzu';
import { makeNeo4j } from './neo4j';
import { makePlainMongo } from './plain-mongo';
import type { MakeSide, Side, SideOptions } from './side';

const makers: Readonly<Record<string, MakeSide>> = {
  engine: makeEngine(2 ** 32),
  stored: makeEngine(0),
  http: makeHttp,
  neo4j: makeNeo4j,
  kuzu: makeKuzu,
  duckdb: makeDuckDb,
  mongo: makePlainMongo,
  batched: makeDesign('batched'),
  graphLookup: makeDesign('graphLookup'),
  lookupEdges: makeDesign('lookupEdges'),
};

export async function makeSide(name: string, options: SideOptions): Promise<Side> {
  const make = makers[name];
  if (!make) throw new Error(`no side "${name}"`);
  return await make(options);
}
