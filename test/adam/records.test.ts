import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeNewlogs } from '../../shared/eve/newlogs.ts';
import { type Adam, encode, eve, makePair, startAdam } from './kit.ts';

const pair = makePair('EVE');
const app = 'aaaaaaaa-2222-4333-8444-555555555555';

let kit: Adam;
let uuid: string;
beforeEach(async () => {
  kit = await startAdam();
  uuid = await kit.add(pair);
});
afterEach(() => kit.stop.abort());

const at = (what: string) => `/admin/device/${uuid}/${what}`;
const lines = async (what: string): Promise<unknown[]> => {
  const answer = await kit.ask('GET', at(what));
  expect(answer.status).toBe(200);
  const text = await answer.text();
  return text.split('\n').flatMap(line => (line === '' ? [] : [JSON.parse(line)]));
};
const info = (devId: string) => encode(eve, 'info.ZInfoMsg', { ztype: 1, devId });

/** Reads a stream as it comes: `next` waits for one line. */
const follow = async (what: string) => {
  const answer = await kit.ask('GET', at(what), undefined, { 'x-stream': 'true' });
  expect(answer.status).toBe(200);
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return {
    async next(): Promise<unknown> {
      for (;;) {
        const end = text.indexOf('\n');
        const line = text.slice(0, Math.max(end, 0));
        if (end >= 0) text = text.slice(end + 1);
        if (line !== '') return JSON.parse(line);
        if (end >= 0) continue;
        const part = await reader?.read();
        if (!part || part.done) return undefined;
        text += part.value;
      }
    },
    leave: () => reader?.cancel(),
  };
};

describe('what a device sent', () => {
  it.each(['logs', 'info', 'metrics', 'flowlogs', 'requests', `app/${app}/logs`])(
    'of %s is nothing at first',
    async what => {
      expect(await lines(what)).toEqual([]);
    },
  );

  it('is all there, in order, as proto-JSON', async () => {
    for (const name of ['a', 'b']) await kit.send('info', uuid, info(name));
    await kit.send('info', '00000000-0000-4000-8000-000000000000', info('other'));
    expect(await lines('info')).toEqual([
      { ztype: 'ZiDevice', devId: 'a' },
      { ztype: 'ZiDevice', devId: 'b' },
    ]);
    await kit.send('metrics', uuid, encode(eve, 'metrics.ZMetricMsg', { devID: 'a' }));
    expect(await lines('metrics')).toEqual([{ devID: 'a' }]);
    await kit.send('flowlog', uuid, encode(eve, 'flowlog.FlowMessage', { devId: 'a' }));
    expect(await lines('flowlogs')).toEqual([{ devId: 'a' }]);
  });

  it('of logs is one entry a line, with nothing that LogEntry does not have', async () => {
    const entry = { content: 'x'.repeat(100_000), msgid: 7, severity: 'info', timestamp: '2026-01-01T00:00:00Z' };
    const file = await writeNewlogs({ image: 'IMGA', eveVersion: '16.0.0', entries: [entry, { content: 'second' }] });
    await kit.send('log', uuid, file);
    await kit.send('applog', uuid, await writeNewlogs({ app: 'web', entries: [{ content: 'hello' }] }), app);
    expect(await lines('logs')).toEqual([{ ...entry, msgid: '7' }, { content: 'second' }]);
    expect(await lines(`app/${app.toUpperCase()}/logs`)).toEqual([{ content: 'hello' }]);
    expect(await lines(`app/${uuid}/logs`)).toEqual([]);
  });

  it('that nobody can read does not hide what comes after', async () => {
    await kit.send('log', uuid, Uint8Array.of(1, 2, 3));
    await kit.send('log', uuid, await writeNewlogs({ entries: [{ content: 'good' }] }));
    expect(await lines('logs')).toEqual([{ content: 'good' }]);
  });

  it('is followed from the moment of the answer on, without what was before', async () => {
    await kit.send('info', uuid, info('before'));
    const stream = await follow('info');
    await kit.send('info', uuid, info('after'));
    expect(await stream.next()).toEqual({ ztype: 'ZiDevice', devId: 'after' });
    for (let i = 0; i < 300; i++) await kit.send('info', uuid, info(String(i)));
    for (let i = 0; i < 300; i++) expect(await stream.next()).toMatchObject({ devId: String(i) });
    await stream.leave();
  });

  it('is followed until the process ends', async () => {
    const stream = await follow('logs');
    kit.stop.abort();
    expect(await stream.next()).toBeUndefined();
  });

  it('needs another permission to be followed', async () => {
    kit.asked.length = 0;
    const stream = await follow('logs');
    expect(kit.asked.map(({ verb }) => verb)).toEqual(['watch']);
    await stream.leave();
  });
});

describe('requests', () => {
  const poll = (by = pair, of = uuid) =>
    kit.post(by, `/id/${of}/config`, 'config.ConfigRequest', {}, { 'x-forwarded-for': '203.0.113.9' });
  const report = () => kit.post(pair, `/id/${uuid}/info`, 'info.ZInfoMsg', { devId: 'a' }, {});

  it('are noted when the certificate vouches for them', async () => {
    const stream = await follow('requests');
    expect((await report()).status).toBe(201);
    const entry = {
      timestamp: '2026-01-02T03:04:05.000Z',
      uuid,
      'client-ip': '192.0.2.7',
      method: 'POST',
      url: `/api/v2/edgedevice/id/${uuid}/info`,
    };
    expect(await stream.next()).toEqual(entry);
    expect(await lines('requests')).toEqual([entry]);
    await stream.leave();
  });

  it('are noted when attestation is demanded, and never for a stranger', async () => {
    expect(await kit.status(kit.ask('PUT', '/admin/options', { enforceTemplateAttestation: true }))).toBe(200);
    expect((await poll()).status).toBe(403);
    expect((await poll(makePair('EVE'))).status).toBe(404);
    expect(await lines('requests')).toMatchObject([
      { forwarded: '203.0.113.9', url: expect.stringMatching(/\/config$/) },
    ]);
  });
});

describe('certificates', () => {
  it('are none at first, then those that the device told, as Go prints them', async () => {
    const told = async () => (await kit.ask('GET', at('certs'))).json();
    expect(await told()).toEqual({});
    const cert = Buffer.from(makePair('ecdh').certificatePem);
    const certHash = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
    const answer = await kit.post(pair, `/id/${uuid}/attest`, 'attest.ZAttestReq', {
      reqType: 1,
      certs: [{ type: 13, hashAlgo: 1, certHash, cert }],
    });
    expect(answer.status).toBe(201);
    expect(await told()).toEqual({
      certs: [
        { type: 13, hashAlgo: 1, certHash: Buffer.from(certHash).toString('base64'), cert: cert.toString('base64') },
      ],
    });
  });
});
