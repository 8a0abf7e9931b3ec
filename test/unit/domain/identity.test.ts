import fc from 'fast-check';
import { sha1 } from '../../../src/adapters/digest';
import { bytesToUuid, isUuid, keyNamespace, scopeId, uuidToBytes, uuidV5 } from '../../../src/domain/graph/identity';

const v5 = (namespace: string, name: string) => bytesToUuid(uuidV5(sha1, uuidToBytes(namespace), name));

describe('uuidV5', () => {
  const dns = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
  const url = '6ba7b811-9dad-11d1-80b4-00c04fd430c8';

  it.each([
    [dns, 'www.example.com', '2ed6657d-e927-568b-95e1-2665a8aea6a2'],
    [dns, 'python.org', '886313e1-3b8a-5372-9b90-0c9aee199e5d'],
    [url, 'http://python.org/', '4c565f0d-3f5a-5890-b41b-20cf47701c5e'],
  ])('of %s and %s is the one that RFC 9562 and other implementations give', (namespace, name, id) => {
    expect(v5(namespace, name)).toBe(id);
  });

  it('takes names as UTF-8', () => {
    expect(v5(dns, 'é')).not.toBe(v5(dns, 'e\u0301'));
    expect(v5(dns, '日本')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

describe('ids as text', () => {
  it('come back as they were, in lower case', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        const text = bytesToUuid(bytes);
        expect(isUuid(text)).toBe(true);
        expect(uuidToBytes(text.toUpperCase())).toEqual(bytes);
      }),
    );
  });

  it.each(['', '6ba7b810', '6ba7b8109dad11d180b400c04fd430c8', '6ba7b810-9dad-11d1-80b4-00c04fd430cg'])(
    'refuses %p',
    (text) => {
      expect(isUuid(text)).toBe(false);
      expect(() => uuidToBytes(text)).toThrow(RangeError);
    },
  );
});

describe('scopes', () => {
  const scope = { account: 'a', source: 'api', scope: 's' };

  it('have ids of their own for every account, source and scope, however their parts join', () => {
    const others = [
      { ...scope, account: 'b' },
      { ...scope, source: 'system-internal' },
      { ...scope, scope: '' },
      { account: 'a","api', source: 's', scope: '' },
    ];
    const ids = [scope, ...others].map((one) => scopeId(sha1, one));
    expect(new Set(ids).size).toBe(ids.length);
    expect(scopeId(sha1, { ...scope })).toBe(ids[0]);
  });

  it('give entities and relationships key spaces of their own', () => {
    expect(keyNamespace(sha1, scope, 'entity')).not.toEqual(keyNamespace(sha1, scope, 'relationship'));
  });
});
