import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { check } from '../../cli/device/check.ts';
import { startComposer } from '../compose/setup.ts';

const examples = new URL('../../examples/', import.meta.url).pathname;
const folder = `${examples}settings/`;

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

test('examples/settings applied together give each device what it says', async () => {
  const kit = await startComposer();
  const files = readdirSync(folder).map(name => readFileSync(folder + name, 'utf8'));
  const objects = await kit.apply(files.join('---\n'));
  for (const { metadata } of objects.filter(({ kind }) => kind === 'Device')) {
    await kit.sendCertificate(metadata.name);
    const outcome = await kit.composer.composeDevice({ namespace: 'lab', name: metadata.name });
    expect(outcome?.problems).toEqual([]);
  }
  await kit.store.close();
});

test.each(['quickstart', 'spec'])('kubectl apply -f examples/%s begins with the namespace of what follows', name => {
  const files = readdirSync(`${examples}${name}`).filter(file => file.endsWith('.yaml'));
  expect(readFileSync(`${examples}${name}/${files.sort()[0]}`, 'utf8')).toContain('kind: Namespace');
});
