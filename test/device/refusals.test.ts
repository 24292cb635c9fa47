import { expect, test } from 'vitest';
import { encode } from '../../shared/base/protobuf.ts';
import { eve } from '../../shared/eve/generated/table.ts';
import { decodeKnown } from '../../shared/eve/known.ts';
import { makePair, makeRoom, seal, uuidA } from './kit.ts';

const device = makePair('EVE');

const start = () => {
  const kit = makeRoom();
  kit.join(device, uuidA);
  const send = async (path: string, payload: Uint8Array) =>
    (await kit.post(`/id/${uuidA}/${path}`, seal(device, payload))).status;
  const refused = async () => {
    const entry = await kit.store.get('devices', uuidA);
    return entry && decodeKnown(entry.value).refused;
  };
  return { ...kit, send, refused };
};

const rubbish = Buffer.from('ff', 'hex');
const good = encode(eve, 'info.ZInfoMsg', { ztype: 1 });

const app = 'apps/instanceid/33333333-3333-4333-8333-333333333333';

test.each([
  ...['info', 'metrics', 'flowlog', 'hardwarehealth', 'newlogs', 'logs', 'attest', 'config', 'compound-config'],
  ...['proxy/scep', `${app}/newlogs`, `${app}/logs`],
])('rubbish for %s is refused and counted, and stops nothing behind it', async path => {
  const kit = start();
  expect(await kit.send(path, rubbish)).toBe(422);
  expect(await kit.refused()).toMatchObject({ count: 1, at: kit.ports.clock.now() });
  expect((await kit.refused())?.last).toMatch(new RegExp(`^${path.slice(path.lastIndexOf('/') + 1)}: `));
  expect(await kit.send('info', good)).toBe(201);
});

test('more than a device may say at once is counted', async () => {
  const kit = start();
  const certs = Array.from({ length: 17 }, () => ({ type: 13 }));
  expect(await kit.send('attest', encode(eve, 'attest.ZAttestReq', { reqType: 1, certs }))).toBe(413);
  expect((await kit.refused())?.last).toBe('attest: too many certificates');
});

test('a flood of rubbish is written down once a minute, and counted whole', async () => {
  const kit = start();
  for (let n = 0; n < 50; n++) await kit.send('info', rubbish);
  expect((await kit.refused())?.count).toBe(1);
  kit.ports.clock.advance(60_000);
  await kit.send('info', new Uint8Array());
  expect((await kit.refused())?.count).toBe(51);
});

test('what nobody known has signed counts for nobody', async () => {
  const kit = start();
  expect((await kit.post(`/id/${uuidA}/info`, seal(makePair('other'), rubbish))).status).toBe(404);
  expect(await kit.refused()).toBeUndefined();
});
