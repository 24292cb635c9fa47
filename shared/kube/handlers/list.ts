import { negotiate, offers } from '../wire/negotiate.ts';
import { type Handler, toNamespace } from './exchange.ts';
import { toListOptions } from './options/list.ts';
import { respondList } from './respond.ts';

/** GET of a collection. */
export const list: Handler = async exchange => {
  const output = negotiate(exchange.request, offers.object);
  const options = toListOptions(exchange.url.searchParams, toNamespace(exchange));
  return respondList(exchange, output, await exchange.registry.list(exchange.type, options));
};
