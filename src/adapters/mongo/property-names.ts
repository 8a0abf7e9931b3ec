/**
 * MongoDB reads a dot in a field name as a path and a leading dollar as an operator, so property names such as `tag.Name` are
 * stored with their full-width forms. A name that has these characters itself is escaped by a full-width backslash.
 */
const stored: Readonly<Record<string, string>> = {
  '.': '\uff0e',
  $: '\uff04',
  '\uff0e': '\uff3c\uff0e',
  '\uff04': '\uff3c\uff04',
  '\uff3c': '\uff3c\uff3c',
};

const needsEncoding = /[.$\uff0e\uff04\uff3c]/;
const needsDecoding = /[\uff0e\uff04\uff3c]/;

export const encodePropertyName = (name: string): string =>
  needsEncoding.test(name) ? name.replace(/[.$\uff0e\uff04\uff3c]/g, (char) => stored[char] ?? char) : name;

export const decodePropertyName = (name: string): string =>
  needsDecoding.test(name)
    ? name.replace(/\uff3c([\uff0e\uff04\uff3c])|\uff0e|\uff04/g, (found, escaped: string | undefined) =>
        escaped !== undefined ? escaped : found === '\uff0e' ? '.' : '$',
      )
    : name;
