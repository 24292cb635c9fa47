import { expect, test } from 'vitest';
import { refusal, startKinds } from '../setup.ts';

const generation = 'kubeve.io/volume-generation';
const clearText = 'kubeve.io/clear-text-volume';

const claim = (annotations: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'c', namespace: 'default', annotations },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
});

test.each([
  [{ [generation]: 'new' }, `metadata.annotations[${generation}]: Invalid value: "new": must be a whole number`],
  [{ [clearText]: 'yes' }, `metadata.annotations[${clearText}]: Unsupported value: "yes"`],
])('%j is refused', async (annotations, text) => {
  const kinds = await startKinds();
  expect(await refusal(kinds.create(claim(annotations)))).toContain(text);
});

test('a generation does not go down, nor away', async () => {
  const kinds = await startKinds();
  const made = await kinds.create(claim({ [generation]: '2' }));
  const to = (annotations: Record<string, string>) => refusal(kinds.change(made, { metadata: { annotations } }));
  expect(await to({ [generation]: '1' })).toContain('must not go down: it was 2');
  expect(await to({})).toContain('must not go down: it was 2');
  await kinds.change(made, { metadata: { annotations: { [generation]: '3' } } });
});

test('a volume that exists stays in the vault, or out of it', async () => {
  const kinds = await startKinds();
  const made = await kinds.create(claim({}));
  await kinds.change(made, { status: { phase: 'Bound' } }, undefined, 'status');
  const to = (annotations: Record<string, string>) => kinds.change(made, { metadata: { annotations } });
  expect(await refusal(to({ [clearText]: 'true' }))).toContain('the volume exists');
  await to({ [clearText]: 'true', [generation]: '1' });
});
