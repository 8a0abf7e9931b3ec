import { z } from 'zod';

/**
 * Kinds of settings. Messages are predicates ("must be …") and never repeat the value, which may be a secret. An empty variable
 * is an absent one, because compose files cannot leave a variable out.
 */
const absentWhenEmpty = (value: unknown): unknown =>
  typeof value === 'string' && value.trim() === '' ? undefined : value;

const required = <Schema extends z.ZodType, Value>(schema: Schema, fallback: Value) =>
  z.preprocess((value) => absentWhenEmpty(value) ?? String(fallback), schema);

const plainText = z.string({ error: 'must be set' }).trim();

export const text = (fallback: string) => required(plainText, fallback);
export const optionalText = () => z.preprocess(absentWhenEmpty, plainText.optional());

const integerIn = (min: number, max: number) =>
  z
    .string()
    .trim()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`));

export const integer = (fallback: number, { min, max }: { readonly min: number; readonly max: number }) =>
  required(integerIn(min, max), fallback);
export const port = (fallback: number) => integer(fallback, { min: 0, max: 65_535 });

/** A part of a whole, 0 to 1. */
export const optionalShare = () =>
  z.preprocess(
    absentWhenEmpty,
    z
      .string()
      .trim()
      .regex(/^(0(\.\d+)?|1(\.0+)?)$/, 'must be a share from 0 to 1, such as 0.3')
      .transform(Number)
      .optional(),
  );

const booleanWords: Readonly<Record<string, boolean>> = { true: true, '1': true, false: false, '0': false };
export const boolean = (fallback: boolean) =>
  required(
    z
      .string()
      .trim()
      .toLowerCase()
      .refine((word) => Object.hasOwn(booleanWords, word), 'must be true or false')
      .transform((word) => booleanWords[word] === true),
    fallback,
  );

export const choice = <const Values extends readonly [string, ...string[]]>(values: Values, fallback: Values[number]) =>
  required(z.enum(values, { error: `must be one of ${values.join(', ')}` }), fallback);

const urlWith = (schemes: readonly string[]) =>
  plainText.refine(
    (value) => URL.canParse(value) && schemes.includes(new URL(value).protocol),
    `must be a URL that starts with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`,
  );
export const optionalUrl = () => z.preprocess(absentWhenEmpty, urlWith(['http:', 'https:']).optional());

/** Not parsed as a URL: a connection string may list several hosts. */
export const mongoUri = (fallback: string) =>
  required(plainText.regex(/^mongodb(\+srv)?:\/\/\S+$/, 'must start with mongodb:// or mongodb+srv://'), fallback);

export const hostAndPort = (fallback: string) =>
  required(plainText.regex(/^[^\s:/]+:\d+$|^\[[0-9a-f:]+\]:\d+$/i, 'must have the form host:port'), fallback);

/** Comma-separated; browsers send origins without a path, so none may be given. */
export const origins = () =>
  required(
    z
      .string()
      .transform((value) =>
        value
          .split(',')
          .map((part) => part.trim())
          .filter((part) => part !== ''),
      )
      .pipe(
        z.array(
          z
            .string()
            .refine(
              (value) => URL.canParse(value) && new URL(value).origin === value,
              'must list origins such as https://assets.example.com',
            ),
        ),
      ),
    '',
  );

/** S3's rules for names of buckets. */
export const bucketName = (fallback: string) =>
  required(
    plainText.regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be a bucket name of 3 to 63 lower-case characters'),
    fallback,
  );
