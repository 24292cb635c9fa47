import { describe, expect, it } from 'vitest';
import { decode, encode } from '../../../shared/base/protobuf.ts';
import { sealEnvelope } from '../../../shared/eve/envelope.ts';
import { type EveMessages, eve } from '../../../shared/eve/generated/table.ts';
import { readNewlogs, writeNewlogs } from '../../../shared/eve/newlogs.ts';
import { encodeServed } from '../../../shared/eve/served.ts';
import { makePair, makeRoom, type Pair, uuidA } from '../kit.ts';

const device = makePair('EVE');
const stranger = makePair('EVE');
const onboard = makePair('onboard');

const start = (changes: Parameters<typeof makeRoom>[0] = {}) => {
  const kit = makeRoom({ hasV1: true, ...changes });
  kit.join(device, uuidA);
  const ask = async (method: string, path: string, as?: Pair, body?: Uint8Array) =>
    kit.app.request(
      `/api/v1/edgedevice${path}`,
      { method, ...(body === undefined ? {} : { body: Buffer.from(body) }) },
      { peer: { ...(as && { certificate: as.der }) } },
    );
  const tell = <K extends keyof EveMessages>(
    path: string,
    name: K,
    message: EveMessages[K],
    as: Pair | undefined = device,
  ) => ask('POST', path, as, encode(eve, name, message));
  const serve = () =>
    kit.store.commit('configs', {
      key: uuidA,
      expected: 0,
      value: encodeServed({
        configHash: 'hash',
        configTimestampMs: 1,
        version: 1,
        notes: new Uint8Array(),
        answer: sealEnvelope(
          encode(eve, 'config.ConfigResponse', { config: { id: { uuid: uuidA, version: '1' } }, configHash: 'hash' }),
          { key: kit.signing.key, certificate: Buffer.from(kit.signing.certificatePem) },
        ),
      }),
    });
  return { ...kit, ask, tell, serve };
};

const bytes = async (answer: Response) => new Uint8Array(await answer.arrayBuffer());

const posts = ['/uuid', '/config', '/info', '/metrics', '/flowlog', '/logs', '/newlogs'];
const apps = ['/apps/instances/id/a/logs', '/apps/instanceid/id/a/newlogs'];

describe('version 1', () => {
  it('is not there unless it is asked for', async () => {
    const { ask } = start({ hasV1: false });
    expect((await ask('GET', '/ping')).status).toBe(404);
    expect((await ask('POST', '/uuid', device, new Uint8Array())).status).toBe(404);
  });

  it.each([...posts, ...apps])('POST %s takes nothing without a known certificate', async path => {
    const { ask, kept } = start();
    const body = encode(eve, 'info.ZInfoMsg', { devId: 'x' });
    expect((await ask('POST', path, undefined, body)).status).toBe(401);
    // As in version 2: 400 makes a device ask for its UUID anew, and is what `uuid` itself says.
    expect((await ask('POST', path, stranger, body)).status).toBe(path === '/uuid' ? 400 : 404);
    for (const kind of ['info', 'metrics', 'flowlog', 'log', 'applog']) expect(await kept(kind)).toEqual([]);
  });

  it('tells the UUID and the configuration, bare', async () => {
    const { tell, ask, serve, store } = start();
    expect((await tell('/config', 'config.ConfigRequest', {})).status).toBe(503);
    await serve();
    const uuid = await tell('/uuid', 'uuid.UuidRequest', {});
    expect(uuid.headers.get('content-type')).toBe('application/x-proto-binary');
    expect(decode(eve, 'uuid.UuidResponse', await bytes(uuid))).toEqual({ uuid: uuidA });
    const fetched = await tell('/config', 'config.ConfigRequest', {});
    expect(decode(eve, 'config.ConfigResponse', await bytes(fetched))).toMatchObject({
      config: { id: { uuid: uuidA } },
      configHash: 'hash',
    });
    expect((await tell('/config', 'config.ConfigRequest', { configHash: 'hash' })).status).toBe(304);
    const alone = await ask('GET', '/config', device);
    expect(decode(eve, 'config.EdgeDevConfig', await bytes(alone))).toMatchObject({ id: { uuid: uuidA } });
    expect((await ask('GET', '/config', stranger)).status).toBe(404);
    expect((await ask('GET', '/config')).status).toBe(401);
    expect(await store.marks.get('fetched', uuidA)).toBeDefined();
  });

  it('is no way past attestation', async () => {
    const { tell, ask, serve } = start({ policy: { requiresToken: () => true } });
    await serve();
    expect((await ask('GET', '/config', device)).status).toBe(403);
    for (const integrity_token of [new Uint8Array(), Uint8Array.of(1)])
      expect((await tell('/config', 'config.ConfigRequest', { integrity_token })).status).toBe(403);
  });

  it('keeps reports and logs', async () => {
    const { tell, ask, kept } = start();
    expect((await tell('/info', 'info.ZInfoMsg', { devId: 'x' })).status).toBe(201);
    expect((await tell('/metrics', 'metrics.ZMetricMsg', { devID: 'x' })).status).toBe(201);
    expect((await tell('/flowlog', 'flowlog.FlowMessage', { devId: 'x' })).status).toBe(201);
    expect((await tell('/logs', 'logs.LogBundle', { log: [{ content: 'old' }] })).status).toBe(201);
    const file = await writeNewlogs({ entries: [{ content: 'new' }] });
    expect((await ask('POST', '/newlogs', device, file)).status).toBe(201);
    expect((await ask('POST', '/apps/instanceid/id/a/newlogs', device, file)).status).toBe(201);
    const bundle = { log: [{ content: 'app' }] };
    expect((await tell('/apps/instances/id/a/logs', 'logs.AppInstanceLogBundle', bundle)).status).toBe(201);
    for (const kind of ['info', 'metrics', 'flowlog'])
      expect(
        (await kept(kind)).map(one => one.device),
        kind,
      ).toEqual([uuidA]);
    const lines = async (kind: string) =>
      Promise.all((await kept(kind)).map(async one => (await readNewlogs(one.body)).entries.map(line => line.content)));
    expect(await lines('log')).toEqual([['old'], ['new']]);
    expect(await lines('applog')).toEqual([['new'], ['app']]);
    expect((await kept('applog')).map(one => one.part)).toEqual(['a', 'a']);
  });

  it.each(['/info', '/metrics', '/flowlog', '/newlogs', '/logs'])('refuses nonsense at %s with 422', async path => {
    const { ask } = start();
    expect((await ask('POST', path, device, Uint8Array.of(0xff, 0xff, 0xff))).status).toBe(422);
  });

  it('registers with the onboarding certificate of the connection, and nothing else', async () => {
    const { ask, newcomers } = start();
    const pemCert = Buffer.from(Buffer.from(device.certificatePem).toString('base64'));
    const body = encode(eve, 'register.ZRegisterMsg', { pemCert, serial: 'S1' });
    expect((await ask('POST', '/register', undefined, body)).status).toBe(401);
    expect((await ask('POST', '/register', onboard, Uint8Array.of(1, 2))).status).toBe(422);
    expect((await ask('POST', '/register', onboard, body)).status).toBe(201);
    expect(newcomers).toEqual([{ onboard: onboard.der, device: expect.anything(), serial: 'S1', softSerial: '' }]);
    expect(Buffer.from(newcomers[0]?.device ?? []).equals(Buffer.from(device.der))).toBe(true);
  });
});
