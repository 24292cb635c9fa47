import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Why a request is not who it says it is: an S3 error code; undefined when its signature (SigV4, in the header) is good. */
export const checkSignature = (
  request: IncomingMessage,
  body: Buffer,
  secrets: Readonly<Record<string, string>>,
  now: number,
): string | undefined => {
  const { authorization = '', 'x-amz-date': date, 'x-amz-content-sha256': digest } = request.headers;
  const parts = form.exec(authorization);
  if (!parts || typeof date !== 'string' || typeof digest !== 'string') return 'AccessDenied';
  const [, id = '', day = '', region = '', service = '', names = '', signature = ''] = parts;
  const secret = secrets[id];
  if (secret === undefined) return 'InvalidAccessKeyId';
  if (Math.abs(toTime(date) - now) > 15 * 60_000) return 'RequestTimeTooSkewed';
  if (!names.split(';').includes('host') || !date.startsWith(day)) return 'SignatureDoesNotMatch';
  const url = new URL(request.url ?? '/', 'http://s3');
  const canonical = [
    request.method,
    url.pathname
      .split('/')
      .map(segment => encode(decodeURIComponent(segment)))
      .join('/'),
    toQuery(url),
    ...names.split(';').map(name => `${name}:${toText(request.headers[name]).trim().replace(/ +/g, ' ')}`),
    '',
    names,
    digest,
  ].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n');
  const key = scope.split('/').reduce<Buffer>((former, part) => hmac(former, part), Buffer.from(`AWS4${secret}`));
  const expected = hmac(key, text);
  const given = Buffer.from(signature, 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'SignatureDoesNotMatch';
  return digest === sha256(body) || digest === 'UNSIGNED-PAYLOAD' ? undefined : 'XAmzContentSHA256Mismatch';
};

const form =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=(\w{64})$/;

/** `20260102T030405Z` */
const toTime = (date: string): number =>
  Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));

const toQuery = (url: URL): string =>
  [...url.searchParams]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

const toText = (header: string | string[] | undefined): string =>
  Array.isArray(header) ? header.join(',') : (header ?? '');

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
