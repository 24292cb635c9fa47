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

test.each(['info', 'metrics', 'flowlog', 'hardwarehealth', 'newlogs'])(
  'rubbish for %s is refused and counted, and stops nothing behind it',
  async path => {
    const kit = start();
    expect(await kit.send(path, rubbish)).toBe(422);
    expect(await kit.refused()).toMatchObject({ count: 1, at: kit.ports.clock.now() });
    expect((await kit.refused())?.last).toMatch(new RegExp(`^${path}: `));
    expect(await kit.send('info', good)).toBe(201);
  },
);

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
