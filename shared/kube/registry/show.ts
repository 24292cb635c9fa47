import type { ApiObject } from '../../base/object.ts';
import type { ResourceType } from '../resource.ts';

/** An object as readers see it: with what its kind keeps outside of it. */
export const show = async (type: ResourceType, object: ApiObject): Promise<ApiObject> =>
  type.join ? ((await type.join([object]))[0] ?? object) : object;

export const showAll = async (type: ResourceType, objects: readonly ApiObject[]): Promise<readonly ApiObject[]> =>
  type.join && objects.length > 0 ? type.join(objects) : objects;
