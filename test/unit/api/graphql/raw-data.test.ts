import { entityOfJob } from '../../../support/entity-of-job';
import { buildTestApp, otherCredentials } from '../build-test-app';

interface Answer {
  data: Record<string, Record<string, unknown>> | null;
  errors?: { message: string; extensions: { code: string; problems?: unknown[] } }[];
}

const missing = '00000000-0000-4000-8000-000000000000';

async function open(rawData: object = {}) {
  const test = buildTestApp();
  const entityId = await entityOfJob(test.tenants.database, 'acme', { _rawData: rawData });
  const ask = async (query: string, variables: object = {}, headers: Record<string, string> = {}) =>
    (
      await test.call({
        method: 'POST',
        url: '/graphql',
        headers,
        payload: { query, variables: { entityId, ...variables } },
      })
    ).json<Answer>();
  const upsert = async (entries: readonly unknown[], variables: object = {}) => {
    const document = `mutation U($entityId: String!, $rawData: [JSON!]!) {
      upsertEntityRawData(entityId: $entityId, source: "api", rawData: $rawData) { status } }`;
    return await ask(document, { rawData: entries, ...variables });
  };
  return { ...test, entityId, ask, upsert };
}

const legacy = `query GetEntityRawData($entityId: String!, $source: String!, $name: String, $versionId: String) {
  entityRawDataLegacy(entityId: $entityId, source: $source, name: $name, versionId: $versionId) {
    entityId
    payload {
      ... on RawDataJSONEntityLegacy { contentType name data }
      ... on RawDataTextEntityLegacy { contentType name data }
    }
  }
}`;
const entries = {
  config: { body: { n: [1] }, contentType: 'application/json' },
  page: { body: '<p>', contentType: 'text/html' },
};

describe('raw data over GraphQL', () => {
  it('is read with both fragments of a union under one name, as clients do', async () => {
    const { ask, entityId } = await open(entries);
    const { data } = await ask(legacy, { source: 'integration-managed' });
    expect(data?.['entityRawDataLegacy']).toEqual({
      entityId,
      payload: [
        { contentType: 'application/json', name: 'config', data: { n: [1] } },
        { contentType: 'text/html', name: 'page', data: '<p>' },
      ],
    });
    const one = await ask(
      'query A($entityId: String!) { entityRawData(entityId: $entityId, source: "api", name: "page") { payload { __typename } } }',
    );
    expect(one.data?.['entityRawData']).toEqual({ payload: [{ __typename: 'RawDataTextEntity' }] });
  });

  it('shows what is called JSON and is none as text, and bytes as base64', async () => {
    const { ask, call, entityId } = await open({ odd: { body: '{', contentType: 'application/json' } });
    const payload = Buffer.from([0xff, 0x00]);
    await call({ method: 'PUT', url: `/entities/${entityId}/raw-data/bytes`, payload });
    const { data } = await ask(legacy, { source: 'api' });
    expect(data?.['entityRawDataLegacy']?.['payload']).toMatchObject([
      { name: 'bytes', data: '/wA=' },
      { name: 'odd', data: '{' },
    ]);
  });

  it('is upserted entry by entry: JSON values, JSON text, other text', async () => {
    const { ask, upsert, call, entityId } = await open({ kept: { body: 'x', contentType: 'text/plain' } });
    const sent = [
      { name: 'object', contentType: 'application/json', data: { a: 1 } },
      { name: 'text', contentType: 'application/json', data: '{"a":2}' },
      { name: 'plain', contentType: 'text/plain', data: 'ä' },
      { data: [1, 2] },
    ];
    expect((await upsert(sent)).data?.['upsertEntityRawData']).toEqual({ status: true });
    expect((await upsert(sent)).data?.['upsertEntityRawData']).toEqual({ status: true });
    const { data } = await ask(legacy, { source: 'api' });
    expect(data?.['entityRawDataLegacy']?.['payload']).toEqual([
      { name: 'default', contentType: 'application/json', data: [1, 2] },
      { name: 'kept', contentType: 'text/plain', data: 'x' },
      { name: 'object', contentType: 'application/json', data: { a: 1 } },
      { name: 'plain', contentType: 'text/plain', data: 'ä' },
      { name: 'text', contentType: 'application/json', data: { a: 2 } },
    ]);
    const { entries: all } = (await call({ url: `/entities/${entityId}/raw-data-versions` })).json<{
      entries: Record<string, unknown[]>;
    }>();
    expect(Object.values(all).map(({ length }) => length)).toEqual([1, 1, 1, 1, 1]);
  });

  it('names every entry that it cannot take, and stores none', async () => {
    const { upsert, call, entityId } = await open();
    const sent = [
      7,
      { name: '', data: 1 },
      { name: 5, data: 1 },
      { name: 'a' },
      { name: 'b', contentType: 'application/json', data: '{' },
      { name: 'c', contentType: 'no type', data: 'x' },
      { name: 'd', data: 'x' },
      { name: 'd', data: 'y' },
      { name: 'x'.repeat(1025), data: 'y' },
    ];
    const { errors } = await upsert(sent);
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect(errors?.[0]?.extensions.problems).toMatchObject([
      { where: 'rawData[0]', what: expect.stringContaining('must be an object') as string },
      { where: 'rawData[1].name' },
      { where: 'rawData[2].name' },
      { where: 'rawData[3].data', what: 'is missing' },
      { where: 'rawData[4].data', what: expect.stringContaining('not valid JSON') as string },
      { where: 'rawData[5].contentType' },
      { where: 'rawData[7].name', what: '"d" is used twice' },
      { where: 'rawData[8].name' },
    ]);
    expect((await call({ url: `/entities/${entityId}/raw-data` })).json()).toEqual({ entries: {} });
  });

  it('is deleted by names; its versions can be listed and read', async () => {
    const { ask, upsert } = await open();
    for (const data of ['one', 'two', 'three']) await upsert([{ data, contentType: 'text/plain' }]);
    const list = `query V($entityId: String!, $startVersion: String, $maxResults: Int) {
      entityRawDataVersions(entityId: $entityId, source: "api", startVersion: $startVersion, maxResults: $maxResults) {
        entityId versions { versionId lastModifiedTimestamp sizeBytes latest } } }`;
    const versionsOf = (answer: Answer) =>
      answer.data?.['entityRawDataVersions']?.['versions'] as {
        versionId: string;
        sizeBytes: number;
        latest: boolean;
      }[];
    const all = versionsOf(await ask(list));
    expect(all.map(({ sizeBytes, latest }) => [sizeBytes, latest])).toEqual([
      [5, true],
      [3, false],
      [3, false],
    ]);
    const some = versionsOf(await ask(list, { startVersion: all[1]?.versionId, maxResults: 1 }));
    expect(some).toEqual(all.slice(1, 2));
    expect((await ask(list, { startVersion: 'none' })).errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    const old = await ask(legacy, { source: 'api', versionId: all[2]?.versionId });
    expect(old.data?.['entityRawDataLegacy']?.['payload']).toMatchObject([{ data: 'one' }]);

    const remove =
      'mutation D($entityId: String!) { deleteEntityRawData(entityId: $entityId, source: "api", names: ["default", "other"]) { deleteCount } }';
    expect((await ask(remove)).data?.['deleteEntityRawData']).toEqual({ deleteCount: 1 });
    expect((await ask(remove)).data?.['deleteEntityRawData']).toEqual({ deleteCount: 0 });
    expect((await ask(legacy, { source: 'api' })).data?.['entityRawDataLegacy']?.['payload']).toEqual([]);
    expect(versionsOf(await ask(list))).toHaveLength(4);
  });

  it('says in its second form whether there is any, also of an entity that is not there', async () => {
    const document = `query EntityRawData($entityId: ID!, $address: EntityIngestionAddress!) {
      entityRawDataV2(entityId: $entityId, address: $address) { entityId status message collectedAt payload { name contentType data } } }`;
    const address = { source: 'api', integrationInstanceId: 'i', entityKey: 'a', entityType: 'thing' };
    const { ask, entityId } = await open(entries);
    expect((await ask(document, { address })).data?.['entityRawDataV2']).toEqual({
      entityId,
      status: 'AVAILABLE',
      message: null,
      collectedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
      payload: [
        { name: 'config', contentType: 'application/json', data: { n: [1] } },
        { name: 'page', contentType: 'text/html', data: '<p>' },
      ],
    });
    const nothing = { status: 'NOT_AVAILABLE_OR_EXPIRED', collectedAt: null, payload: [] };
    const message = expect.stringContaining('no raw data') as string;
    expect((await (await open()).ask(document, { address })).data?.['entityRawDataV2']).toMatchObject({
      ...nothing,
      message,
    });
    for (const [id, headers] of [
      [missing, {}],
      ['no id', {}],
      [entityId, otherCredentials],
    ] as const) {
      const { data } = await ask(document, { address, entityId: id }, headers);
      expect(data?.['entityRawDataV2']).toEqual({ ...nothing, entityId: id, message });
    }
  });

  it('knows no entity of another account', async () => {
    const { ask, upsert, entityId } = await open(entries);
    const stranger = await ask(legacy, { source: 'api' }, otherCredentials);
    expect(stranger.errors?.[0]).toMatchObject({
      message: `There is no entity "${entityId}".`,
      extensions: { code: 'NOT_FOUND' },
    });
    const written = await upsert([{ data: 'x' }], { entityId: missing });
    expect(written.errors?.[0]?.extensions.code).toBe('NOT_FOUND');
  });
});
