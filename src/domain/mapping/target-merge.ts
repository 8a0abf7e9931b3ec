import type { Mapping, ObjectContent, PropertyValue } from '../graph/object-content';
import { valuesOf } from './target-filter';

/** What one contributor says of a target. */
export interface Contribution {
  /** Id of the contributor. */
  readonly contributor: string;
  /** Epoch ms of the finalize call that brought it. */
  readonly at: number;
  readonly targetEntity: Mapping['targetEntity'];
}

interface Said<T> {
  readonly by: Contribution;
  readonly value: T;
}

/**
 * Merges what contributors say of one target, in whatever order they are added: of each property the latest word counts, and of two
 * of the same time that of the greater contributor id. Classes add up. Memory grows with the properties, not the contributors.
 */
export class TargetMerge {
  /** Contributors so far. */
  count = 0;
  private key: Said<string> | undefined;
  private type: Said<string> | undefined;
  private readonly properties = new Map<string, Said<PropertyValue>>();
  private readonly classes = new Map<string, Said<number>>();

  add(by: Contribution): void {
    this.count++;
    const { targetEntity } = by;
    const [type] = valuesOf(targetEntity._type);
    const key = targetEntity._key;
    if (typeof key === 'string' && key !== '' && counts(by, this.key)) this.key = { by, value: key };
    if (typeof type === 'string' && counts(by, this.type)) this.type = { by, value: type };
    valuesOf(targetEntity._class).forEach((value, position) => {
      if (typeof value === 'string' && counts(by, this.classes.get(value))) {
        this.classes.set(value, { by, value: position });
      }
    });
    for (const [name, value] of Object.entries(targetEntity)) {
      if (name.startsWith('_') || value === null || value === undefined) continue;
      if (counts(by, this.properties.get(name))) this.properties.set(name, { by, value: value as PropertyValue });
    }
  }

  /** The target as all contributors together describe it. */
  content(): ObjectContent & { readonly type: string } {
    const classes = [...this.classes]
      .sort(([, a], [, b]) => (a.by === b.by ? a.value - b.value : isLater(a.by, b.by) ? -1 : 1))
      .map(([name]) => name);
    return {
      ...(this.key && { key: this.key.value }),
      type: this.type?.value ?? typeOfClass(classes[0]),
      classes,
      properties: Object.fromEntries([...this.properties].map(([name, { value }]) => [name, value])),
    };
  }
}

const counts = (by: Contribution, said: Said<unknown> | undefined): boolean => !said || isLater(by, said.by);

const isLater = (a: Contribution, b: Contribution): boolean =>
  a.at > b.at || (a.at === b.at && a.contributor > b.contributor);

/** An entity needs a `_type`; a target that only has a class gets it in the spelling of types: `UserGroup` → `user_group`. */
const typeOfClass = (name: string | undefined): string =>
  name === undefined ? 'mapped_entity' : name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
