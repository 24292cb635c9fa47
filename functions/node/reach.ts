import { lookup as find, type LookupAddress } from 'node:dns';
import { request as requestPlain } from 'node:http';
import { request } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import type { Reach } from '../../shared/device/room.ts';

/**
 * `Reach` over Node's own clients, a connection for each question. Never goes to a link-local address, however it is written or
 * found: platforms give the machine's own credentials away there.
 */
export const reach: Reach = async (url, { method, body, headers, signal }) => {
  const { protocol, hostname } = url;
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(host) !== 0 && isClosed(host)) throw closed(host);
  const options = { method, headers, signal, lookup, agent: false } as const;
  return new Promise((resolve, reject) => {
    const outgoing = (protocol === 'https:' ? request : requestPlain)(url, options, incoming => {
      const { statusCode: status = 0, headersDistinct } = incoming;
      const answered = new Headers();
      for (const [name, values = []] of Object.entries(headersDistinct))
        for (const value of values) answered.append(name, value);
      const isEmpty = status === 204 || status === 304;
      if (isEmpty) incoming.resume();
      // Node's own streams, of which two sets of types exist.
      const stream = isEmpty ? null : (Readable.toWeb(incoming) as ReadableStream);
      resolve(new Response(stream, { status, headers: answered }));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
};

const linkLocal = new BlockList();
linkLocal.addSubnet('169.254.0.0', 16, 'ipv4');
linkLocal.addSubnet('fe80::', 10, 'ipv6');
linkLocal.addAddress('fd00:ec2::254', 'ipv6');

const isClosed = (address: string): boolean => linkLocal.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

const closed = (host: string): Error => new Error(`${host} is a link-local address, to which nothing is sent`);

/** What the name stands for is judged where the connection is made, so that it cannot change in between. */
const lookup: LookupFunction = (hostname, options, callback) => {
  find(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '');
    const bad = addresses.find(({ address }) => isClosed(address));
    if (bad) return callback(closed(`${hostname}, ${bad.address},`), '');
    if (options.all) return callback(null, addresses);
    const { address, family } = addresses[0] as LookupAddress; // a name that was found has one
    callback(null, address, family);
  });
};
