import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { createSealer } from '../../shared/compose/sealer.ts';
import type { Controller } from '../../shared/eve/controller.ts';

const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const exchange = { key: pair().privateKey, certHash: new Uint8Array(16).fill(1) };
const controller: Controller = {
  seal: payload => payload,
  reseal: container => container,
  edgeViewToken: () => '',
  certs: new Uint8Array(),
  confighash: '',
  ecdh: exchange,
  exchanges: [exchange],
};
const keysOf = (name: string) => {
  const { publicKey } = pair();
  return {
    certificate: Buffer.from(name),
    certHash: new Uint8Array(16).fill(name.charCodeAt(0)),
    publicKey: () => publicKey,
  };
};
const [first, second] = [keysOf('a'), keysOf('b')];
const iv = (keys: typeof first, place: string, password: string) =>
  Buffer.from(createSealer(controller, keys).seal(place, { dsPassword: password })?.initialValue ?? []).toString('hex');

test('the same secret in the same place is the same block, whenever it is made', () => {
  const blocks = [1, 2].map(() => createSealer(controller, first).seal('x', { dsPassword: 'p' }));
  expect(blocks[0]).toEqual(blocks[1]);
  expect(blocks[0]?.initialValue).toHaveLength(16);
});

test('another secret, place or device never has the same initial value', () => {
  const values = [iv(first, 'x', 'p'), iv(first, 'x', 'q'), iv(first, 'y', 'p'), iv(second, 'x', 'p')];
  expect(new Set(values).size).toBe(4);
});

test('only blocks that were made have a context', () => {
  const sealer = createSealer(controller, first);
  expect(sealer.seal('x', {})).toBeUndefined();
  expect(sealer.contexts()).toEqual([]);
  const block = sealer.seal('x', { dsPassword: 'p' });
  sealer.seal('y', { dsPassword: 'p' });
  expect(sealer.contexts().map(one => one.contextId)).toEqual([block?.cipherContextId]);
});

test('without a certificate of the device there is no block', () => {
  const sealer = createSealer(controller, undefined);
  expect([sealer.ready, sealer.seal('x', { dsPassword: 'p' })]).toEqual([false, undefined]);
});
