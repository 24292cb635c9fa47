import type { ApiObject } from '../../base/object.ts';
import { conflict } from '../faults.ts';
import { negotiate, offers } from '../wire/negotiate.ts';
import { type Exchange, type Handler, toRef, toWriteOptions } from './exchange.ts';
import { toWriteQuery } from './options/write.ts';
import { readObject } from './read.ts';
import { respond } from './respond.ts';

/** PUT of an object or of its status: 200, or 201 where a PUT may create and did. */
export const update: Handler = async exchange => {
  const { registry, type, url, resource } = exchange;
  const output = negotiate(exchange.request, offers.object);
  const query = toWriteQuery(url.searchParams, 'UpdateOptions');
  const object = await readObject(exchange, query.fieldValidation);
  const ref = toRef(exchange);
  const { subresource } = resource;
  const mayCreate = type.allowCreateOnUpdate && subresource === undefined;
  const replace = (current: ApiObject): ApiObject => {
    requireUid(exchange, object, current);
    return object;
  };
  const { object: stored, created } = await registry.update(type, ref, replace, {
    ...toWriteOptions(exchange, query),
    ...(subresource !== undefined && { subresource }),
    ...(mayCreate && { createFrom: object, beforeCreate: () => exchange.allow('create') }),
  });
  return respond(exchange, output, created ? 201 : 200, stored);
};

/** Who names a uid means that very object. In a patch it would be a change, and is refused as such. */
const requireUid = ({ type }: Exchange, { metadata: { uid } }: ApiObject, { metadata }: ApiObject): void => {
  if (!uid || !metadata.uid || uid === metadata.uid) return;
  throw conflict(
    type,
    metadata.name,
    `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid}`,
  );
};
