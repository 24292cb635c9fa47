import { isFault } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import type { ResourceType } from '../resource.ts';
import { list } from './list.ts';
import type { Machine } from './machine.ts';
import type { DeleteOptions, ListOptions, ObjectList } from './registry.ts';
import { remove } from './remove.ts';

/** `Registry.deleteCollection`: deletes what a list shows, one by one; answers the list. Not atomic. */
export const removeCollection = async (
  machine: Machine,
  type: ResourceType,
  query: ListOptions,
  options: DeleteOptions,
): Promise<ObjectList> => {
  const listed = await list(machine, type, query);
  for (let start = 0; start < listed.items.length; start += atOnce) {
    const some = listed.items.slice(start, start + atOnce);
    await Promise.all(some.map(item => removeIfThere(machine, type, item, options)));
  }
  return listed;
};

/** Deletions under way together: enough for the store to put them into one transaction. */
const atOnce = 64;

const removeIfThere = async (
  machine: Machine,
  type: ResourceType,
  { metadata }: ApiObject,
  options: DeleteOptions,
): Promise<void> => {
  try {
    await remove(machine, type, metadata, options);
  } catch (error) {
    if (!isFault(error, 'NotFound')) throw error;
  }
};
