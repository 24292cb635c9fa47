import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import type { Fault } from '../../base/fault.ts';
import type { ApiObject, JsonMap } from '../../base/object.ts';
import { renderList, renderObject } from '../describe/render.ts';
import { type IncludeObject, parseIncludeObject } from '../describe/table.ts';
import type { ObjectList } from '../registry/registry.ts';
import { toBody } from '../wire/body.ts';
import { type Accepted, negotiateError } from '../wire/negotiate.ts';
import { toStatus } from '../wire/status.ts';
import type { Exchange } from './exchange.ts';

/** Answers one object in the form that was negotiated. */
export const respond = (exchange: Exchange, output: Accepted, code: number, object: ApiObject): Promise<Response> =>
  write(exchange.request, output, code, renderObject(exchange.type, object, output, toRenderOptions(exchange, output)));

/** Answers a list. */
export const respondList = (exchange: Exchange, output: Accepted, list: ObjectList): Promise<Response> =>
  write(exchange.request, output, 200, renderList(exchange.type, list, output, toRenderOptions(exchange, output)));

/** Answers what has no other form: a Status, a Scale, what an action answers. */
export const respondPlain = (
  { request }: Pick<Exchange, 'request'>,
  output: Accepted,
  code: number,
  body: ApiObject | JsonMap,
): Promise<Response> => write(request, output, code, body);

/** Answers what went wrong. */
export const respondFault = async (request: Request, fault: Fault): Promise<Response> => {
  const response = await write(request, negotiateError(request), fault.code, toStatus(fault));
  const { retryAfterSeconds } = fault.details;
  if (retryAfterSeconds !== undefined) response.headers.set('retry-after', String(retryAfterSeconds));
  return response;
};

const toRenderOptions = ({ clock, url }: Exchange, output: Accepted) => ({
  now: clock.now(),
  includeObject: toIncludeObject(url, output),
});

/** What a table's rows carry is asked for in the query; a bad wish is only one where a table is wanted. */
export const toIncludeObject = (url: URL, { as }: Accepted): IncludeObject =>
  parseIncludeObject(as?.kind === 'Table' ? url.searchParams.get('includeObject') : null);

const write = async (request: Request, output: Accepted, code: number, value: unknown): Promise<Response> => {
  const { text, contentType } = toBody(value, output);
  const headers = { 'content-type': contentType };
  if (text.length <= gzipAbove || !acceptsGzip(request)) return new Response(text, { status: code, headers });
  const body = await compress(text, { level: constants.Z_BEST_SPEED });
  return new Response(body, {
    status: code,
    headers: { ...headers, 'content-encoding': 'gzip', vary: 'Accept-Encoding' },
  });
};

/** Characters beyond which compression pays, by upstream's measure. */
const gzipAbove = 128 * 1024;

const acceptsGzip = (request: Request): boolean =>
  (request.headers.get('accept-encoding') ?? '')
    .split(',')
    .some(part => /^\s*gzip\s*(;\s*q=(?!0(\.0*)?\s*$).*)?$/i.test(part));

const compress = promisify<string, { level: number }, Uint8Array<ArrayBuffer>>(gzip);
