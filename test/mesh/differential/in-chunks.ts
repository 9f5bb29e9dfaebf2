/** Working at many things with a bounded number at one time. */

/** Calls `work` for every item, at most `width` at one time; gives the results in the order of the items. */
export async function inChunks<I, R>(
  items: readonly I[],
  width: number,
  work: (item: I, at: number) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) results[at] = await work(items[at] as I, at);
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  return results;
}
