/**
 * Loads what belongs to items before it is asked for, a few at a time, and gives it in the items' order. Begins with one,
 * so that who wants only one pays only for one.
 */
export async function* ahead<Item, Loaded>(
  items: AsyncIterable<Item>,
  load: (item: Item) => Promise<Loaded>,
  width: number,
): AsyncGenerator<readonly [Item, Loaded]> {
  const loading: Promise<readonly [Item, Loaded]>[] = [];
  let given = 0;
  for await (const item of items) {
    const next = load(item).then(loaded => [item, loaded] as const);
    // Thrown where it is awaited; until then it is nobody's.
    next.catch(() => undefined);
    loading.push(next);
    if (loading.length < Math.min(width, given + 1)) continue;
    const first = loading.shift();
    given++;
    if (first) yield await first;
  }
  for (const next of loading) yield await next;
}
