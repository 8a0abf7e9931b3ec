import { ErrorCode } from '../../../contracts/error-code';
import { DomainError } from '../../../domain/errors';
import type { UploadFormat } from '../../../domain/ingest/upload-reader';

const formats: Readonly<Record<string, UploadFormat>> = {
  'application/json': 'json',
  'text/json': 'json',
  'application/yaml': 'yaml',
  'application/x-yaml': 'yaml',
  'text/yaml': 'yaml',
  'text/x-yaml': 'yaml',
  'text/csv': 'csv',
  'application/csv': 'csv',
};

/** What HTTP tools put there when nobody told them the type; JSON is taken from them, nothing else. */
const unspecific = ['', 'text/plain', 'application/x-www-form-urlencoded', 'application/octet-stream'];

const accepted = 'application/json, application/yaml or text/csv, in UTF-8';

/** The format that the header names; `unspecific` when only the content can tell. @throws DomainError UNSUPPORTED_MEDIA_TYPE */
export function declaredFormat(contentType: string | undefined): UploadFormat | 'unspecific' {
  const [mediaType = '', ...parameters] = (contentType ?? '').split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length);
  if (charset !== undefined && !['utf-8', 'utf8', 'us-ascii'].includes(charset.replaceAll('"', ''))) {
    throw unsupported(contentType);
  }
  const format = Object.hasOwn(formats, mediaType) ? formats[mediaType] : undefined;
  if (format !== undefined) return format;
  if (unspecific.includes(mediaType)) return 'unspecific';
  if (/^application\/[\w.-]+\+json$/.test(mediaType)) return 'json';
  throw unsupported(contentType);
}

/** @throws DomainError UNSUPPORTED_MEDIA_TYPE for content that does not begin like JSON and has no type of its own. */
export function formatOf(
  declared: UploadFormat | 'unspecific',
  body: Uint8Array,
  contentType: string | undefined,
): UploadFormat {
  if (declared !== 'unspecific') return declared;
  const first = body[firstNonSpace(body)];
  if (first === 0x7b || first === 0x5b) return 'json';
  throw unsupported(contentType);
}

function firstNonSpace(body: Uint8Array): number {
  const start = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0;
  for (let at = start; at < body.length; at++) {
    const byte = body[at];
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return at;
  }
  return body.length;
}

function unsupported(contentType: string | undefined): DomainError {
  const sent =
    contentType === undefined || contentType === ''
      ? 'No Content-Type was sent'
      : `Content-Type ${JSON.stringify(contentType)} is not supported`;
  return new DomainError(ErrorCode.unsupportedMediaType, `${sent}; an upload must be ${accepted}.`);
}
