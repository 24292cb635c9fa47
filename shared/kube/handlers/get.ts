import { badRequest } from '../faults.ts';
import { isTrue, toText } from '../query.ts';
import { negotiate, offers } from '../wire/negotiate.ts';
import { type Handler, toRef } from './exchange.ts';
import { respond } from './respond.ts';

/** GET of one object. */
export const get: Handler = async exchange => {
  const output = negotiate(exchange.request, offers.object);
  if (isTrue(exchange.url.searchParams, 'export')) {
    throw badRequest('the export parameter, deprecated since v1.14, is no longer supported');
  }
  const resourceVersion = toText(exchange.url.searchParams, 'resourceVersion');
  const options = resourceVersion === undefined ? {} : { resourceVersion };
  const object = await exchange.registry.get(exchange.type, toRef(exchange), options);
  return respond(exchange, output, 200, object);
};
