import { parse, validate } from 'graphql';
import { graphqlOptions } from '../build-test-app';
import { Documents } from '../../../../src/api/graphql/documents';
import { createSchema } from '../../../../src/api/graphql/schema';
import { tableRows } from '../../../support/markdown-table';
import { clientDocuments } from './client-documents';

const schema = createSchema();
const documents = new Documents(schema, graphqlOptions);

describe('operations of clients', () => {
  it.each(clientDocuments)('$client: $operation', ({ text }) => {
    expect(documents.read(text)).toMatchObject({ kind: 'Document' });
  });

  it.each([
    ['query testQuery ($classes: [String], filterType: FilterType) { typeCounts(classes: $classes) }', /Syntax Error/],
    ['{ Users: entityCount(filters: { _class: ["User"] }, filterType: "AND") }', /Enum "FilterType" cannot represent/],
    ['query Q($id: String!) { edge(id: $id, label: $id, filters: $id) { id } }', /Variable "\$id" of type "String!"/],
    ['mutation D($r: String!) { deleteRelationship(relationshipId: $r) { edge { fromVertexID } } }', /"fromVertexId"/],
  ])('tells what is wrong with %s, as the documentation has it', (text, message) => {
    const read = documents.read(text);
    expect('kind' in read ? [] : read.map((error) => error.message)).toEqual([expect.stringMatching(message)]);
  });

  it('have no field that the schema lacks by chance', () => {
    const broken = parse('{ queryV1(query: "a") { nothing } }');
    expect(validate(schema, broken)).toHaveLength(1);
  });
});

describe('docs/graphql.md', () => {
  it('has a row for each root field', () => {
    const rows = tableRows('docs/graphql.md').map(([field = '', kind = '']) => `${kind} ${field.replaceAll('`', '')}`);
    const roots = [
      ...Object.keys(schema.getQueryType()?.getFields() ?? {}).map((name) => `query ${name}`),
      ...Object.keys(schema.getMutationType()?.getFields() ?? {}).map((name) => `mutation ${name}`),
    ];
    expect(rows.toSorted()).toEqual(roots.toSorted());
  });
});
