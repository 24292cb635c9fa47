import type { ListOptions } from '../registry/registry.ts';
import { decodeDeleteOptions } from '../wire/decode.ts';
import { negotiate, offers } from '../wire/negotiate.ts';
import { toSuccess } from '../wire/status.ts';
import { type Exchange, type Handler, toNamespace, toRef } from './exchange.ts';
import { type DeleteQuery, fromDeleteQuery, toDeleteOptions } from './options/delete.ts';
import { toListOptions } from './options/list.ts';
import { readBytes } from './read.ts';
import { respond, respondList, respondPlain } from './respond.ts';

/** DELETE of one object: the object while something holds it, else a Status (or, for some native kinds, the object). */
export const remove: Handler = async exchange => {
  const { registry, type, user, warnings, annotate } = exchange;
  const output = negotiate(exchange.request, offers.object);
  const options = await readDeleteOptions(exchange);
  const warn = (text: string): void => void warnings.add(text);
  const { deleted, object } = await registry.delete(type, toRef(exchange), {
    ...options,
    user,
    warn,
    ...(annotate && { annotate }),
  });
  if (!deleted || type.deleteAnswers === 'object') return respond(exchange, output, 200, object);
  const { name, uid } = object.metadata;
  return respondPlain(exchange, output, 200, toSuccess({ ...type, name, ...(uid !== undefined && { uid }) }));
};

/** DELETE of a collection: answers the list of what was deleted. */
export const removeCollection: Handler = async exchange => {
  const { registry, type, user, warnings, url } = exchange;
  const output = negotiate(exchange.request, offers.object);
  const query = toCollection(toListOptions(url.searchParams, toNamespace(exchange)));
  const options = await readDeleteOptions(exchange);
  const warn = (text: string): void => void warnings.add(text);
  return respondList(exchange, output, await registry.deleteCollection(type, query, { ...options, user, warn }));
};

/** A version that is named means that very state. It is a precondition besides, where there is no body to say another. */
const toCollection = (query: ListOptions): ListOptions => {
  const { resourceVersion, resourceVersionMatch } = query;
  const isExact = resourceVersion !== undefined && resourceVersion !== '0' && resourceVersionMatch === undefined;
  return isExact ? { ...query, resourceVersionMatch: 'Exact' } : query;
};

/** How to delete: from the body when there is one, else from the query. */
const readDeleteOptions = async ({ request, url }: Exchange): Promise<DeleteQuery> => {
  const body = decodeDeleteOptions(await readBytes(request), request.headers.get('content-type'));
  return body === undefined ? fromDeleteQuery(url.searchParams) : toDeleteOptions(body);
};
