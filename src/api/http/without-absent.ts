type Present<Value> = { [Key in keyof Value]?: Exclude<Value[Key], undefined> };

/** For ports whose optional members must be missing rather than undefined. */
export function withoutAbsent<Value extends object>(value: Value): Present<Value> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Present<Value>;
}
