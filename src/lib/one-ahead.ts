/** Every item with what `load` gives for it, in their order; while one is being used, the next is being loaded. */
export async function* oneAhead<Item, Loaded>(
  items: readonly Item[],
  load: (item: Item) => Promise<Loaded>,
): AsyncGenerator<readonly [Item, Loaded]> {
  let next = items[0] === undefined ? undefined : load(items[0]);
  for (const [i, item] of items.entries()) {
    const loaded = await next;
    const following = items[i + 1];
    next = following === undefined ? undefined : load(following);
    // Its failure is thrown when its turn comes; until then nobody awaits it.
    next?.catch(() => undefined);
    yield [item, loaded as Loaded];
  }
}
