import { negotiate, offers } from '../wire/negotiate.ts';
import { type Handler, toWriteOptions } from './exchange.ts';
import { toWriteQuery } from './options/write.ts';
import { readObject } from './read.ts';
import { respond } from './respond.ts';

/** POST to a collection: 201 and what was made. Types that are answered instead of stored answer here. */
export const create: Handler = async exchange => {
  const { registry, type, url } = exchange;
  const output = negotiate(exchange.request, type.answer ? offers.plain : offers.object);
  const query = toWriteQuery(url.searchParams, 'CreateOptions');
  const object = await readObject(exchange, query.fieldValidation);
  const made = await registry.create(type, object, toWriteOptions(exchange, query));
  if (!type.answer) exchange.made?.(made);
  return respond(exchange, output, 201, made);
};
