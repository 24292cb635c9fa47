import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { chooseExchange } from '../../shared/compose/exchange.ts';
import { createSealer } from '../../shared/compose/sealer.ts';
import type { Controller, Exchange } from '../../shared/eve/controller.ts';
import type { Device } from '../../shared/resources/eve/device.ts';

const make = (n: number): Exchange => ({
  key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  certHash: new Uint8Array(16).fill(n),
});
const [newest, middle, oldest] = [make(3), make(2), make(1)];

const controller = (...exchanges: [Exchange, ...Exchange[]]): Controller => ({
  seal: payload => payload,
  reseal: container => container,
  edgeViewToken: () => '',
  certs: new Uint8Array(),
  confighash: 'now',
  ecdh: exchanges[0],
  exchanges,
});

const device = (certificates?: string): Device => ({
  apiVersion: 'eve.lfedge.org/v1beta1',
  kind: 'Device',
  metadata: { name: 'd' },
  status: { config: { certificates } },
});

const notes = (used?: Exchange) => ({
  digest: '',
  terms: [],
  claims: [],
  exchange: used && Buffer.from(used.certHash).toString('hex'),
});

const all = controller(newest, middle, oldest);
const gone = make(9);

test.each<[string, Controller, string | undefined, Exchange | undefined, Exchange, boolean]>([
  ['has all certificates', all, 'now', oldest, newest, false],
  ['has none of the new ones', all, 'before', middle, middle, false],
  ['was away, and uses the oldest', all, 'before', oldest, oldest, false],
  ['has had no secret yet', all, 'before', undefined, oldest, false],
  ['is new, and there is one', controller(newest), undefined, undefined, newest, false],
  ['uses what is gone', controller(newest), 'before', gone, newest, true],
  ['used what is gone, and has read the new ones', controller(newest), 'now', gone, newest, false],
])('a device that %s', (_, of, certificates, used, exchange, isBlind) => {
  expect(chooseExchange(of, device(certificates), notes(used))).toEqual({ exchange, isBlind });
});

test('what was encrypted blindly comes out another way once the device can read it', () => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keys = { certificate: Buffer.from('c'), certHash: new Uint8Array(16), publicKey: () => publicKey };
  const blocks = [true, false].map(isBlind => createSealer(all, keys, isBlind).seal('x', { dsPassword: 'p' }));
  expect(blocks[0]?.cipherData).not.toEqual(blocks[1]?.cipherData);
  expect(blocks[0]?.clearTextSha256).toEqual(blocks[1]?.clearTextSha256);
});
