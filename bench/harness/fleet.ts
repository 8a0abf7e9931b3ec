import { generateEntity } from '../generate';

/** The SDK's uploader cuts its batches at this size. */
const bodyBytes = 5_000_000;
/** One of so many entities differs between the two variants. */
const changedEvery = 100;
/** Bodies of more entities are not held. */
const maxHeldEntities = 1_000_000;

/** Upload bodies of one fleet as the integration SDK sends them. Made before the clock runs. */
export interface Fleet {
  readonly entities: number;
  readonly changed: number;
  /** Variant 1 differs from variant 0 in one entity of a hundred. */
  bodies(variant: 0 | 1): readonly Buffer[];
  /** The same, made while they are sent where all of them are too many for memory. */
  uploads(variant: 0 | 1): Iterable<Buffer>;
  readonly bytes: number;
}

export function makeFleet(entities: number): Fleet {
  const made = new Map<number, readonly Buffer[]>();
  const bodies = (variant: 0 | 1): readonly Buffer[] => {
    const known = made.get(variant);
    if (known) return known;
    const fresh = [...cut(entities, variant)];
    made.set(variant, fresh);
    return fresh;
  };
  return {
    entities,
    changed: Math.ceil(entities / changedEvery),
    bodies,
    uploads: (variant) => (entities > maxHeldEntities ? cut(entities, variant) : bodies(variant)),
    get bytes() {
      return bodies(0).reduce((sum, body) => sum + body.length, 0);
    },
  };
}

function* cut(entities: number, variant: 0 | 1): Iterable<Buffer> {
  let texts: string[] = [];
  let length = 0;
  const body = () => Buffer.from(`{"entities":[${texts.join(',')}]}`);
  for (let i = 0; i < entities; i++) {
    const text = JSON.stringify(generateEntity(i, { variant: i % changedEvery === 0 ? variant : 0 }));
    if (length + text.length > bodyBytes) {
      yield body();
      texts = [];
      length = 0;
    }
    texts.push(text);
    length += text.length + 1;
  }
  if (texts.length > 0) yield body();
}
