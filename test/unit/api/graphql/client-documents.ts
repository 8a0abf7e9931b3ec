/**
 * Operations that clients of JupiterOne send, by their exact names and arguments (contract, appendix A1, A2, and fields that only
 * documentation names). Written from the lists of fields, not taken from the clients.
 */
export interface ClientDocument {
  readonly client: string;
  readonly operation: string;
  readonly text: string;
}

const entityFields = `_source _id _key _type _class _scope _accountId _integrationName _integrationDefinitionId _integrationInstanceId
  _version _createdOn _beginOn _endOn _latest _deleted displayName`;
const relationshipFields = `${entityFields} _fromEntityId _fromEntityKey _toEntityId _toEntityKey`;
const edge = '{ id toVertexId fromVertexId relationship { _id } properties }';
const documentedEntity = `_id _key _type _accountId _integrationName _integrationDefinitionId _integrationInstanceId _version _createdOn
  _beginOn _endOn _deleted displayName`;
const documentedEdge = `{ id toVertexId fromVertexId
  relationship { ${documentedEntity} _fromEntityKey _toEntityKey } properties }`;
const rawData = `payload {
  ... on RawDataJSONEntityLegacy { contentType name data }
  ... on RawDataTextEntityLegacy { contentType name data } }`;

const of =
  (client: string) =>
  (text: string): ClientDocument => ({
    client,
    operation: /^\s*(?:query|mutation)\s+(\w+)/.exec(text)?.[1] ?? text.slice(0, 40),
    text,
  });

const python = [
  `query J1QL($query: String!, $variables: JSON, $dryRun: Boolean, $includeDeleted: Boolean) {
    queryV1(query: $query, variables: $variables, dryRun: $dryRun, includeDeleted: $includeDeleted) { type data } }`,
  `query J1QL_v2($query: String!, $variables: JSON, $cursor: String, $includeDeleted: Boolean, $flags: QueryV1Flags,
      $deferredResponse: DeferredResponseOption) {
    queryV1(query: $query, variables: $variables, cursor: $cursor, deferredResponse: $deferredResponse,
      includeDeleted: $includeDeleted, flags: $flags) { type data cursor url correlationId } }`,
  `mutation CreateEntity($entityKey: String!, $entityType: String!, $entityClass: [String!]!, $properties: JSON) {
    createEntity(entityKey: $entityKey, entityType: $entityType, entityClass: $entityClass, properties: $properties) {
      entity { _id } vertex { id entity { _id } } } }`,
  `mutation UpdateEntity($entityId: String!, $properties: JSON) {
    updateEntity(entityId: $entityId, properties: $properties) { entity { _id } vertex { id } } }`,
  `mutation UpdateEntityV2($timestamp: Long, $entity: JSON!) {
    updateEntityV2(timestamp: $timestamp, entity: $entity) { entity __typename } }`,
  `mutation DeleteEntity($entityId: String!, $timestamp: Long, $hardDelete: Boolean) {
    deleteEntityV2(entityId: $entityId, timestamp: $timestamp, hardDelete: $hardDelete) { entity __typename } }`,
  `mutation CreateRelationship($relationshipKey: String!, $relationshipType: String!, $relationshipClass: String!,
      $fromEntityId: String!, $toEntityId: String!, $properties: JSON) {
    createRelationship(relationshipKey: $relationshipKey, relationshipType: $relationshipType,
      relationshipClass: $relationshipClass, fromEntityId: $fromEntityId, toEntityId: $toEntityId,
      properties: $properties) { relationship { _id } edge ${edge} } }`,
  `mutation UpdateRelationship($relationshipId: String!, $fromEntityId: String!, $toEntityId: String!, $timestamp: Long,
      $properties: JSON) {
    updateRelationship(relationshipId: $relationshipId, fromEntityId: $fromEntityId, toEntityId: $toEntityId,
      timestamp: $timestamp, properties: $properties) {
      relationship { _id _key _type _class _fromEntityId _toEntityId displayName }
      edge { id fromVertexId toVertexId properties } } }`,
  `mutation DeleteRelationship($relationshipId: String!, $fromEntityId: String!, $toEntityId: String!, $timestamp: Long) {
    deleteRelationship(relationshipId: $relationshipId, fromEntityId: $fromEntityId, toEntityId: $toEntityId,
      timestamp: $timestamp) { relationship { _id } edge ${edge} } }`,
  'query getAllAssetProperties { getAllAssetProperties }',
  `query GetEntityRawData($entityId: String!, $source: String!) {
    entityRawDataLegacy(entityId: $entityId, source: $source) { entityId ${rawData} } }`,
  `query EntityRawDataV2($entityId: ID!, $address: EntityIngestionAddress!) {
    entityRawDataLegacy: entityRawDataV2(entityId: $entityId, address: $address) {
      entityId status message collectedAt payload { name contentType data } } }`,
];

const node = [
  `query QueryLanguageV1($query: String!, $variables: JSON, $includeDeleted: Boolean, $deferredResponse: DeferredResponseOption,
      $flags: QueryV1Flags, $cursor: String) {
    queryV1(query: $query, variables: $variables, includeDeleted: $includeDeleted, deferredResponse: $deferredResponse,
      flags: $flags, cursor: $cursor) { type url __typename } }`,
  `mutation CreateEntity($entityKey: String!, $entityType: String!, $entityClass: [String!]!, $properties: JSON) {
    createEntity(entityKey: $entityKey, entityType: $entityType, entityClass: $entityClass, properties: $properties) {
      entity { _id __typename } vertex { id entity { _id __typename } __typename } __typename } }`,
  `mutation UpdateEntity($entityId: String!, $properties: JSON) {
    updateEntity(entityId: $entityId, properties: $properties) {
      entity { _id __typename } vertex { id __typename } __typename } }`,
  `mutation DeleteEntity($entityId: String!, $timestamp: Long, $hardDelete: Boolean) {
    deleteEntityV2(entityId: $entityId, timestamp: $timestamp, hardDelete: $hardDelete) { entity __typename } }`,
  `mutation UpsertEntityRawData($source: String!, $entityId: String!, $rawData: [JSON!]!) {
    upsertEntityRawData(source: $source, entityId: $entityId, rawData: $rawData) { status __typename } }`,
];

const go = [
  `query QueryJupiterOne($query: String!, $variables: JSON, $dryRun: Boolean, $deferredResponse: DeferredResponseOption,
      $deferredFormat: DeferredResponseFormat, $remember: Boolean, $includeDeleted: Boolean, $flags: QueryV1Flags,
      $cursor: String) {
    queryV1(query: $query, variables: $variables, dryRun: $dryRun, deferredResponse: $deferredResponse,
      deferredFormat: $deferredFormat, remember: $remember, includeDeleted: $includeDeleted, flags: $flags,
      cursor: $cursor) { type data url totalCount cursor correlationId } }`,
  `query ListVerticesV2($classes: [String], $types: [String], $filterType: FilterType, $propertyFilters: JSON,
      $after: String, $size: Int, $search: String, $sort: [FieldSort]) {
    listVerticesV2(filters: { _class: $classes, _type: $types }, filterType: $filterType,
      propertyFilters: $propertyFilters, after: $after, size: $size, search: $search, sort: $sort) {
      vertices { id properties entity { _id _class _type _integrationName displayName } }
      pageInfo { endCursor hasNextPage } total } }`,
  `query Vertex($filters: VertexFilters, $id: String, $propertyFilters: JSON) {
    vertex(filters: $filters, id: $id, propertyFilters: $propertyFilters) {
      edges { id fromVertexId toVertexId properties relationship { ${relationshipFields} } }
      entity { ${entityFields} } id properties } }`,
  `mutation CreateEntity($entityKey: String!, $entityType: String!, $entityClass: [String!]!, $properties: JSON) {
    createEntity(entityKey: $entityKey, entityType: $entityType, entityClass: $entityClass, properties: $properties) {
      entity { _id } vertex { id entity { _id } } } }`,
  `mutation DeleteRelationship($relationshipId: String!, $fromEntityId: String!, $toEntityId: String!) {
    deleteRelationship(relationshipId: $relationshipId, fromEntityId: $fromEntityId, toEntityId: $toEntityId) {
      relationship { _id } edge ${edge} } }`,
  `query GetEntityRawData($entityId: String!, $source: String!, $name: String, $versionId: String) {
    entityRawDataLegacy(entityId: $entityId, source: $source, name: $name, versionId: $versionId) {
      entityId ${rawData} } }`,
];

const others = [
  of('Terraform')(`query ExecuteQuery($query: String!, $variables: JSON, $includeDeleted: Boolean, $cursor: String) {
    queryV1(query: $query, variables: $variables, includeDeleted: $includeDeleted, cursor: $cursor,
      deferredResponse: DISABLED) { type data cursor } }`),
  of(
    'MCP',
  )(`query J1QLv2($query: String!, $variables: JSON, $cursor: String, $scopeFilters: JSON, $includeDeleted: Boolean,
      $returnRowMetadata: Boolean, $returnComputedProperties: Boolean) {
    queryV2(query: $query, variables: $variables, cursor: $cursor, scopeFilters: $scopeFilters,
      includeDeleted: $includeDeleted, returnRowMetadata: $returnRowMetadata,
      returnComputedProperties: $returnComputedProperties) { type url correlationId } }`),
  of('MCP')('query GetEntityCounts { getEntityCounts { classes types } }'),
  of('Splunk')('query testQuery { allEntityCounts }'),
  of('Polarity')(`query J1QL($a: String!, $b: String!) {
    a: queryV1(query: $a) { type data } b: queryV1(query: $b) { type data } }`),
  of('policy builder')(`query J1QL($query: String!, $deferredResponse: DeferredResponseOption) {
    result: queryV1(query: $query, deferredResponse: $deferredResponse) { type url data } }`),
  of('policy builder')('mutation UpdateEntity($entity: JSON!) { updateEntityV2(entity: $entity) { entity } }'),
  of('policy builder')(
    'mutation UpdateRelationship($relationship: JSON!) { updateRelationshipV2(relationship: $relationship) { relationship } }',
  ),
];

const documentation = [
  `query J1QL($query: String! $cursor: String $variables: JSON $remember: Boolean $includeDeleted: Boolean
      $flags: QueryV1Flags) {
    queryV1(query: $query variables: $variables remember: $remember includeDeleted: $includeDeleted flags: $flags
      cursor: $cursor) { type data cursor } }`,
  `query J1QL($query: String!, $variables: JSON, $cursor: String, $scopeFilters: [JSON!], $flags: QueryV1Flags) {
    queryV1(query: $query, variables: $variables, cursor: $cursor, scopeFilters: $scopeFilters, flags: $flags) {
      type data cursor } }`,
  `query testQuery { queryGraph {
    vertices { id entity { ${documentedEntity} } properties } edges ${documentedEdge} } }`,
  `query VertexQuery($id: String!, $filters: VertexFilters) {
    vertex(id: $id, filters: $filters) { id entity { ${documentedEntity} } properties } }`,
  `query VertexQuery($id: String!, $depth: Int) { vertex(id: $id) { id entity { displayName }
    neighbors(depth: $depth) {
      vertices { id entity { displayName } } edges { id relationship { displayName } } } } }`,
  `query EdgeQuery($id: String!, $label: String, $filters: EdgeFilters) {
    edge(id: $id, label: $label, filters: $filters) ${documentedEdge} }`,
  `query testQuery($filters: VertexFilters, $filterType: FilterType) {
    entityCount(filters: $filters, filterType: $filterType) }`,
  `query testQuery { Users: entityCount(filters: { _class: ["User"] }, filterType: AND)
    Repos: entityCount(filters: { _class: ["CodeRepo"] }, filterType: OR) }`,
  'query testQuery($classes: [String], $filterType: FilterType) { typeCounts(classes: $classes, filterType: $filterType) }',
  `query testQuery($filters: VertexFilters, $filterType: FilterType, $after: String) {
    listVerticesV2(filters: $filters, filterType: $filterType, after: $after) {
      vertices { id entity { _id } properties } total pageInfo { endCursor hasNextPage } } }`,
  ...(['createEntity', 'updateEntity', 'deleteEntity'] as const).map((field) => {
    const [declared, given] = {
      createEntity: [
        '$entityKey: String!, $entityType: String!, $entityClass: [String!]!, $timestamp: Long, $properties: JSON',
        'entityKey: $entityKey, entityType: $entityType, entityClass: $entityClass, timestamp: $timestamp, properties: $properties',
      ],
      updateEntity: [
        '$entityId: String!, $timestamp: Long, $properties: JSON',
        'entityId: $entityId, timestamp: $timestamp, properties: $properties',
      ],
      deleteEntity: ['$entityId: String!, $timestamp: Long', 'entityId: $entityId, timestamp: $timestamp,'],
    }[field];
    return `mutation ${field}(${declared}) { ${field}(${given}) {
      entity { _id } vertex { id, entity { _id } properties } } }`;
  }),
  `mutation CreateRelationship($relationshipKey: String!, $relationshipType: String!, $relationshipClass: String!,
      $fromEntityId: String!, $toEntityId: String!, $timestamp: Long, $properties: JSON) {
    createRelationship(relationshipKey: $relationshipKey, relationshipType: $relationshipType,
      relationshipClass: $relationshipClass, fromEntityId: $fromEntityId, toEntityId: $toEntityId, timestamp: $timestamp,
      properties: $properties) { relationship { _id } edge ${edge} } }`,
  `mutation UpdateRelationship($relationshipId: String!, $timestamp: Long, $properties: JSON) {
    updateRelationship(relationshipId: $relationshipId, timestamp: $timestamp, properties: $properties) {
      relationship { _id } edge ${edge} } }`,
  `mutation DeleteRelationship($relationshipId: String!, $timestamp: Long, $hardDelete: Boolean) {
    deleteRelationship(relationshipId: $relationshipId, timestamp: $timestamp, hardDelete: $hardDelete) {
      relationship { _id } edge ${edge} } }`,
  `mutation BuildCsv($filters: VertexFilters, $propertyFilters: JSON, $filterType: FilterType) {
    buildCsv(filters: $filters, propertyFilters: $propertyFilters, filterType: $filterType) { stateFileUrl } }`,
];

const schema2023 = [
  `query E($id: String!, $source: String!, $name: String!) {
    entityRawData(entityId: $id, source: $source) { entityId payload {
      ... on RawDataJSONEntity { contentType name data } ... on RawDataTextEntity { contentType name data } } }
    entityRawDataVersions(entityId: $id, source: $source, name: $name, startVersion: null, maxResults: 5) {
      entityId versions { versionId lastModifiedTimestamp sizeBytes latest } }
    fetchEntityById(entityId: $id) { entity }
    fetchRelationshipById(relationshipId: $id) { relationship }
    entityProperties { properties pageInfo { endCursor hasNextPage } }
    entityPropertyValues(property: $name) { values { value count } pageInfo { endCursor } }
    listVertices(size: 5) { total } }`,
  `mutation M($input: CreateEntityV2, $link: CreateRelationshipV2, $id: String!, $names: [String!]!) {
    createEntityV2(input: $input) { entity }
    createRelationshipV2(input: $link) { relationship }
    deleteRelationshipV2(relationshipId: $id, timestamp: 1529329792552, hardDelete: true) { relationship }
    resetEntity(entityId: $id, resetPropertyNames: $names) { entity }
    deleteEntityRawData(entityId: $id, source: "api", names: $names) { deleteCount }
    buildJson { stateFileUrl } }`,
];

export const clientDocuments: readonly ClientDocument[] = [
  ...python.map(of('Python')),
  ...node.map(of('Node')),
  ...go.map(of('Go')),
  ...others,
  ...documentation.map(of('documentation')),
  ...schema2023.map(of('schema of 2023')),
];
