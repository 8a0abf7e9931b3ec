import { arrayOf, complete, epochMs, mapOf, nullable, refTo, string, type JsonSchema } from './schema-parts';

/** Raw data and versions of objects. */
export const graphSchemas = {
  RawDataVersion: complete({
    versionId: string('Unique in the entry.'),
    beginOn: epochMs('When the version began.'),
    createdOn: epochMs('When the first version of the entry began.'),
    contentType: string('As it came.'),
    contentLength: { type: 'integer', minimum: 0, description: 'In bytes.' },
    deleted: { type: 'boolean', description: 'The entry was deleted; such a version has no content.' },
  }),
  RawDataEntries: complete({ entries: mapOf(refTo('RawDataVersion'), 'By name of the entry.') }),
  RawDataHistories: complete({ entries: mapOf(arrayOf(refTo('RawDataVersion')), 'By name of the entry.') }),
  RawDataHistory: complete({ versions: arrayOf(refTo('RawDataVersion'), 'Newest first.') }),
  VersionPage: complete({
    versions: arrayOf(
      complete({
        _version: { type: 'integer', minimum: 1 },
        _beginOn: epochMs('When it began.'),
        _endOn: { type: ['integer', 'null'], description: 'When it ended, epoch milliseconds; null for the present.' },
        _latest: { type: 'boolean' },
        _deleted: { type: 'boolean', description: 'It ended because the object was deleted.' },
        _source: string('Source of the object.'),
        _scope: string('Scope of the object.'),
        _integrationInstanceId: nullable('Integration instance of the object.'),
      }),
      'Newest first.',
    ),
    endCursor: nullable('For the next page; null on the last one.'),
  }),
  VersionDifference: complete({
    id: string('Id of the object.'),
    from: { type: 'integer' },
    to: { type: 'integer' },
    added: mapOf({}, 'Property → its value in `to`.'),
    removed: mapOf({}, 'Property → the value that it had in `from`.'),
    changed: mapOf(complete({ from: {}, to: {} }), 'Property → both values.'),
  }),
} as const satisfies Readonly<Record<string, JsonSchema>>;
