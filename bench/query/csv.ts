import { createWriteStream, existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { edgesOf, entitiesOf, keyOf, relationshipOf, type GraphSize } from './graph';

export const csvFiles = (folder: string) => ({
  entities: join(folder, 'entities.csv'),
  relationships: join(folder, 'relationships.csv'),
});

/** Columns of both files, in their order, with the types that DuckDB and Kuzu know them by. */
export const csvColumns = {
  entities: {
    key: 'STRING',
    type: 'STRING',
    class: 'STRING',
    displayName: 'STRING',
    name: 'STRING',
    active: 'BOOLEAN',
    score: 'INT32',
    createdOn: 'INT64',
    region: 'STRING',
    owner: 'STRING',
    ipAddress: 'STRING',
    labels: 'STRING[]',
    description: 'STRING',
    team: 'STRING',
  },
  relationships: {
    from_key: 'STRING',
    to_key: 'STRING',
    class: 'STRING',
    type: 'STRING',
    port: 'INT32',
    active: 'BOOLEAN',
    observedOn: 'INT64',
  },
} as const;

/** Writes the graph once, for the databases that read files fastest. */
export async function writeCsv(folder: string, size: GraphSize): Promise<void> {
  const { entities, relationships } = csvFiles(folder);
  mkdirSync(folder, { recursive: true });
  await writeLines(entities, entityLines(size));
  await writeLines(relationships, relationshipLines(size));
}

async function writeLines(file: string, lines: Iterable<string>): Promise<void> {
  if (existsSync(file)) return;
  // A file that was cut off must not look like a whole one.
  await pipeline(Readable.from(inBlocks(lines)), createWriteStream(`${file}.part`));
  renameSync(`${file}.part`, file);
}

function* inBlocks(lines: Iterable<string>): Iterable<string> {
  let block = '';
  for (const line of lines) {
    block += line;
    if (block.length < 1_000_000) continue;
    yield block;
    block = '';
  }
  yield block;
}

function* entityLines(size: GraphSize): Iterable<string> {
  for (const entity of entitiesOf(size)) {
    const { _key, _type, _class, displayName, name, active, score, createdOn, region, owner, ipAddress } = entity;
    const { labels, description } = entity;
    const cells = [_key, _type, _class[0], displayName, name, active, score, createdOn, region, owner, ipAddress];
    yield `${cells.join(',')},"[${labels.join(',')}]",${description},${entity['tag.Team']}\n`;
  }
}

function* relationshipLines(size: GraphSize): Iterable<string> {
  for (const edge of edgesOf(size)) {
    const { _class, _type, port, active, observedOn } = relationshipOf(edge);
    yield `${[keyOf(edge.from), keyOf(edge.to), _class, _type, port, active, observedOn].join(',')}\n`;
  }
}
