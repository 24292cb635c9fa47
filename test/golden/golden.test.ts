import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { check } from '../../cli/device/check.ts';
import type { ApiObject, Json } from '../../shared/base/object.ts';
import { toJson } from '../../shared/eve/json.ts';
import { type Kit, startComposer } from '../compose/setup.ts';

let kit: Kit;
beforeEach(async () => {
  kit = await startComposer();
});

const folder = new URL('.', import.meta.url).pathname;
const scenarios = readdirSync(folder).filter(name => name.endsWith('.yaml'));

/** What differs from run to run: keys are made anew. */
const sealed = new Set([
  'cipherData',
  'cipherContexts',
  'controllercertConfighash',
  'encryptedClusterToken',
  'scepChallengePassword',
  'metadataCipherData',
  'token',
]);

const masked = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(masked);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, sealed.has(key) ? '(sealed)' : masked(item)]),
  );
};

/** The first device is what the objects are about; Applications are on it, or on the one of their label `node`. */
const composeScenario = async (text: string) => {
  const objects = await kit.apply(text);
  const device = objects.find(({ kind }) => kind === 'Device') as ApiObject;
  if (device.metadata.annotations?.['kubeve.io/clear-text-secrets'] !== 'true')
    await kit.sendCertificate(device.metadata.name);
  for (const { kind, metadata } of objects)
    if (kind === 'Application') await kit.bind(metadata.name, metadata.labels?.['node'] ?? device.metadata.name);
  const outcome = await kit.composer.composeDevice({ namespace: 'lab', name: device.metadata.name });
  return { device: device.metadata.name, outcome };
};

test.each(scenarios)('%s composes to what stands beside it', async name => {
  const { device, outcome } = await composeScenario(readFileSync(folder + name, 'utf8'));
  expect(outcome?.problems.map(one => one.message)).toEqual([]);
  expect(check(await kit.config(device)), 'what a device would stumble over').toEqual([]);
  const config = masked(toJson('config.EdgeDevConfig', await kit.config(device)));
  const file = folder + name.replace(/yaml$/, 'json');
  if (process.env['UPDATE_GOLDEN']) writeFileSync(file, `${JSON.stringify(config, null, 2)}\n`);
  expect(config).toEqual(JSON.parse(readFileSync(file, 'utf8')));
});

test.each(scenarios)('%s composes to the same again, without a new version', async name => {
  const { device, outcome } = await composeScenario(readFileSync(folder + name, 'utf8'));
  kit.ports.clock.advance(60_000);
  const again = await kit.composer.composeDevice({ namespace: 'lab', name: device });
  expect(again?.changed).toBe(false);
  expect(again?.served.configHash).toBe(outcome?.served.configHash);
});

afterEach(() => kit.store.close());
