import { load, YAMLException } from 'js-yaml';
import { ErrorCode } from '../../contracts/error-code';
import { DomainError } from '../../domain/errors';
import { isPlainObject, nameOfType } from '../../domain/ingest/object-rules';
import { uploadParts } from '../../domain/ingest/staged-rows';
import type { Element } from './intake';
import { notAnArray, type ReadContext, unreadable, unreadableAt } from './read-context';

/** YAML is parsed whole, at some 16 MB a second; a larger upload belongs into JSON, NDJSON or CSV. */
export const maxYamlBytes = 16 * 1024 * 1024;

export const yamlTooLarge = (): DomainError =>
  new DomainError(
    ErrorCode.requestEntityTooLarge,
    `A YAML upload may have ${maxYamlBytes} bytes at most, because YAML is parsed whole: send JSON, NDJSON or CSV.`,
  );

/** The elements of a YAML upload: an object of parts, or the bare list of one. @throws DomainError */
export function yamlElements(context: ReadContext, text: string): Element[] {
  const document = parse(context, text);
  const { shape } = context.options;
  if (Array.isArray(document)) {
    const part = shape === 'upload' ? 'object' : shape;
    return document.map((value: unknown, index) => ({
      part,
      value,
      where: `${part === 'object' ? 'item' : part}[${index}]`,
    }));
  }
  if (!isPlainObject(document)) {
    throw unreadable(`The YAML text should hold an object or a list, but holds ${nameOfType(document)}.`);
  }
  const elements: Element[] = [];
  for (const part of uploadParts) {
    const list = document[part];
    if (list === undefined || list === null) {
      if (part === shape) throw notAnArray(part, `the text has no "${part}"`);
      continue;
    }
    if (!Array.isArray(list)) throw notAnArray(part);
    if (shape !== 'upload' && part !== shape) {
      throw unreadable(
        `"${part}" cannot be uploaded here, where "${shape}" is expected: send it to the upload endpoint.`,
      );
    }
    list.forEach((value: unknown, index) => elements.push({ part, value, where: `${part}[${index}]` }));
  }
  const names = Object.keys(document);
  if (names.length > 0 && !uploadParts.some((part) => part in document)) {
    throw unreadable(`The YAML text has none of ${uploadParts.map((part) => `"${part}"`).join(', ')}.`);
  }
  return elements;
}

function parse(context: ReadContext, text: string): unknown {
  let document: unknown;
  try {
    // The default schema has no tags that make anything but plain data; times stay text.
    document = load(text, { maxDepth: context.limits.maxDepth + 2, maxAliases: 1000 });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const { reason, mark } = error;
    if (mark === undefined) throw unreadable(`The text is not valid YAML: ${reason}.`);
    const where = `line ${mark.line + 1}, column ${mark.column + 1}`;
    throw unreadableAt('The text is not valid YAML', { where, what: reason });
  }
  if (!isBounded(document, { maxDepth: context.limits.maxDepth + 2, maxNodes: 1000 + text.length })) {
    throw unreadable(
      'The YAML text grows too large, or contains itself, where its aliases are followed: write the values out.',
    );
  }
  return document;
}

/** Aliases share values, so a small text can stand for an enormous tree, or an endless one. */
function isBounded(root: unknown, limits: { readonly maxDepth: number; readonly maxNodes: number }): boolean {
  let nodes = 0;
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value: root, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth } = next;
    nodes++;
    if (nodes > limits.maxNodes || depth > limits.maxDepth) return false;
    if (typeof value !== 'object' || value === null) continue;
    for (const child of Object.values(value)) {
      if (open.length > limits.maxNodes) return false;
      open.push({ value: child, depth: depth + 1 });
    }
  }
  return true;
}
