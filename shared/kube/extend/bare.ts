import type { ApiObject } from '../../base/object.ts';
import type { ResourceType } from '../resource.ts';

/**
 * A view of a type's objects just as they are stored, in whatever version: for those who look at nothing but metadata and
 * must not depend on somebody who converts.
 */
export const toBare = (type: ResourceType): ResourceType => {
  const { converter: _, ...rest } = type;
  return { ...rest, schema: anything, fromStored: asIs, toStored: asIs };
};

const anything = { 'x-kubernetes-preserve-unknown-fields': true };
const asIs = (object: ApiObject): ApiObject => object;
