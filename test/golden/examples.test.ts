import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { check } from '../../cli/device/check.ts';
import { startComposer } from '../compose/setup.ts';

const folder = new URL('../../examples/settings/', import.meta.url).pathname;

test.each(readdirSync(folder))('examples/settings/%s gives its devices what it says', async name => {
  const kit = await startComposer();
  const objects = await kit.apply(readFileSync(folder + name, 'utf8'));
  expect(kit.warnings).toEqual([]);
  for (const { kind, metadata } of objects) {
    if (kind !== 'Device') continue;
    await kit.sendCertificate(metadata.name);
    const outcome = await kit.composer.composeDevice({ namespace: 'lab', name: metadata.name });
    expect(outcome?.problems).toEqual([]);
    expect(check(await kit.config(metadata.name))).toEqual([]);
  }
  await kit.store.close();
});
