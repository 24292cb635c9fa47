import { describe, expect, test } from 'vitest';
import { decode, encode } from '../../shared/base/protobuf.ts';
import type { Reach } from '../../shared/device/room.ts';
import { openEnvelope } from '../../shared/eve/envelope.ts';
import type { SCEPProxyRequest } from '../../shared/eve/generated/proxy.ts';
import { eve } from '../../shared/eve/generated/table.ts';
import { encodeServed } from '../../shared/eve/served.ts';
import { makePair, makeRoom, signed, uuidA } from './kit.ts';

const device = makePair('EVE');

/** A device whose config names two SCEP profiles, and what was fetched in its name. */
const makeProxy = async (
  response: () => Response | Promise<Response> = () => new Response('ok', { headers: { 'x-a': 'b' } }),
) => {
  const calls: { url: string; method: string; body: string }[] = [];
  const reach: Reach = async (url, { method, body = new Uint8Array() }) => {
    calls.push({ url: url.href, method, body: Buffer.from(body).toString() });
    return response();
  };
  const kit = makeRoom({ reach });
  kit.join(device, uuidA);
  const scep_profiles = [
    { profile_name: 'p', scep_url: 'http://ca.example/scep?x=1', use_controller_proxy: true },
    { profile_name: 'direct', scep_url: 'http://ca.example/scep' },
    { profile_name: 'file', scep_url: 'file:///etc/passwd', use_controller_proxy: true },
  ];
  const answer = kit.controller.seal(encode(eve, 'config.ConfigResponse', { config: { scep_profiles } }));
  const served = { configHash: 'h', configTimestampMs: 1, version: 1, answer, notes: new Uint8Array() };
  await kit.store.commit('configs', { key: uuidA, value: encodeServed(served), expected: 0 });
  const ask = async (request: SCEPProxyRequest) => {
    const reply = await kit.post(`/id/${uuidA}/proxy/scep`, signed(device, 'proxy.SCEPProxyRequest', request));
    if (reply.status !== 200) return reply.status;
    return decode(eve, 'proxy.SCEPProxyResponse', openEnvelope(new Uint8Array(await reply.arrayBuffer())).payload);
  };
  return { ask, calls };
};

test('GET and POST go to the URL of the profile', async () => {
  const { ask, calls } = await makeProxy();
  const message = Buffer.from([251, 255]);
  expect(await ask({ scep_profile_name: 'p', operation: 1, http_method: 1 })).toMatchObject({
    scep_profile_name: 'p',
    operation: 1,
    http_status_code: 200,
    message: expect.anything(),
  });
  await ask({ scep_profile_name: 'p', operation: 4, http_method: 1, message });
  await ask({ scep_profile_name: 'p', operation: 4, http_method: 2, message: Buffer.from('pki') });
  expect(calls).toEqual([
    { url: 'http://ca.example/scep?x=1&operation=GetCACaps', method: 'GET', body: '' },
    {
      url: 'http://ca.example/scep?x=1&operation=PKIOperation&message=%2B%2F8%3D',
      method: 'GET',
      body: '',
    },
    { url: 'http://ca.example/scep?x=1&operation=PKIOperation', method: 'POST', body: 'pki' },
  ]);
});

test('an error of the server is told', async () => {
  const { ask } = await makeProxy(() => new Response('no', { status: 500 }));
  const answer = await ask({ scep_profile_name: 'p', operation: 1, http_method: 1 });
  expect(answer).toMatchObject({ http_status_code: 500 });
  expect(answer).not.toHaveProperty('message');
});

describe('it is no open proxy', () => {
  test.each<[string, number, SCEPProxyRequest]>([
    ['an unknown profile', 403, { scep_profile_name: 'q', operation: 1, http_method: 1 }],
    ['a profile that is not to be proxied', 403, { scep_profile_name: 'direct', operation: 1, http_method: 1 }],
    ['a URL that is not of the web', 403, { scep_profile_name: 'file', operation: 1, http_method: 1 }],
    ['no operation', 422, { scep_profile_name: 'p', http_method: 1 }],
    ['no method', 422, { scep_profile_name: 'p', operation: 1 }],
  ])('%s', async (_, status, request) => {
    const { ask, calls } = await makeProxy();
    expect([await ask(request), calls]).toEqual([status, []]);
  });

  test('a server that is down or says too much is 503', async () => {
    const request = { scep_profile_name: 'p', operation: 1, http_method: 1 };
    const down = await makeProxy(() => Promise.reject(new TypeError('refused')));
    const loud = await makeProxy(() => new Response(new Uint8Array(1024 * 1024 + 1)));
    expect([await down.ask(request), await loud.ask(request)]).toEqual([503, 503]);
  });
});
