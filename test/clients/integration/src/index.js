'use strict';

const {
  createDirectRelationship,
  createIntegrationEntity,
  createMappedRelationship,
  IntegrationValidationError,
  RelationshipClass,
  RelationshipDirection,
} = require('@jupiterone/integration-sdk-core');

const hostEntity = { resourceName: 'Host', _type: 'fleet_host', _class: 'Host' };
const userEntity = { resourceName: 'User', _type: 'fleet_user', _class: 'User' };
const hostHasUser = {
  _type: 'fleet_host_has_user',
  _class: RelationshipClass.HAS,
  sourceType: hostEntity._type,
  targetType: userEntity._type,
};
const userIsPerson = {
  _type: 'fleet_user_is_person',
  _class: RelationshipClass.IS,
  sourceType: userEntity._type,
  targetType: 'person',
  direction: RelationshipDirection.FORWARD,
};

const count = (name, otherwise) => Number(process.env[name] ?? otherwise);
const hostKey = (n) => `fleet_host:${n}`;
const userKey = (n) => `fleet_user:${n}`;

function host(n) {
  const log = 'x'.repeat(count('FLEET_LOG_LENGTH', 10));
  const raw = {
    id: String(n),
    hostname: `host-${n}`,
    tags: ['a', 'b'],
    disks: [{ name: 'root', bytes: 1024 * n }],
    log,
  };
  return createIntegrationEntity({
    entityData: {
      source: raw,
      assign: {
        _key: hostKey(n),
        _type: hostEntity._type,
        _class: hostEntity._class,
        name: raw.hostname,
        displayName: raw.hostname,
        hostname: raw.hostname,
        osVersion: process.env.FLEET_OS_VERSION ?? '12',
        'tag.Team': n % 2 === 0 ? 'red' : 'blue',
        createdOn: Date.parse('2026-01-01T00:00:00Z') + n,
      },
    },
  });
}

function user(n) {
  return createIntegrationEntity({
    entityData: {
      source: { id: String(n), login: `user-${n}` },
      assign: {
        _key: userKey(n),
        _type: userEntity._type,
        _class: userEntity._class,
        name: `user-${n}`,
        displayName: `User ${n}`,
        username: `user-${n}`,
        email: `user-${n}@example.com`,
        active: true,
      },
    },
  });
}

exports.invocationConfig = {
  instanceConfigFields: {},
  async validateInvocation() {
    if (process.env.FLEET_INVALID) throw new IntegrationValidationError('The fleet has no address.');
  },
  integrationSteps: [
    {
      id: 'fetch-hosts',
      name: 'Fetch hosts',
      entities: [hostEntity],
      relationships: [],
      async executionHandler({ jobState }) {
        for (let n = 1; n <= count('FLEET_HOSTS', 5); n += 1) await jobState.addEntity(host(n));
        if (process.env.FLEET_NESTED_PROPERTY) {
          await jobState.addEntity({ ...host(999), illegal: { nested: { property: true } } });
        }
      },
    },
    {
      id: 'fetch-users',
      name: 'Fetch users',
      dependsOn: ['fetch-hosts'],
      entities: [userEntity],
      relationships: [hostHasUser],
      mappedRelationships: [userIsPerson],
      async executionHandler({ jobState }) {
        if (process.env.FLEET_USERS_FAIL) throw new Error('The directory of users does not answer.');
        for (let n = 1; n <= count('FLEET_USERS', 3); n += 1) {
          const source = await jobState.addEntity(user(n));
          await jobState.addRelationship(
            createDirectRelationship({
              _class: hostHasUser._class,
              fromKey: hostKey(n),
              fromType: hostEntity._type,
              toKey: userKey(n),
              toType: userEntity._type,
            }),
          );
          await jobState.addRelationship(
            createMappedRelationship({
              _class: userIsPerson._class,
              source,
              target: { _type: 'person', _class: 'Person', _key: source.email, email: source.email },
              targetFilterKeys: [['_class', 'email']],
              relationshipDirection: userIsPerson.direction,
              skipTargetCreation: false,
              properties: { _type: userIsPerson._type },
            }),
          );
        }
      },
    },
  ],
};
