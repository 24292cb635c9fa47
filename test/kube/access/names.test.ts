import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Authorizer } from '../../../shared/kube/access/user.ts';
import { type Body, read, startKube } from '../../support/kube.ts';

const base = '/apis/example.com/v1/namespaces/default/widgets';

/** As a role with resourceNames says it. */
const onlyA: Authorizer = {
  authorize: async ({ resource }) => ({ allowed: resource?.name === 'a', reason: '' }),
};

/** One who may read one object, and what a list with a selector shows of the others. */
const start = async () => {
  const kube = await startKube({ authorizer: onlyA });
  for (const name of ['a', 'b', 'c'])
    await kube.registry.create(
      kube.catalog.get('example.com', 'widgets'),
      { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name, namespace: 'default' }, spec: {} },
      { user: { name: 'system:test', groups: [] } },
    );
  return async (selector: string): Promise<string[] | number> => {
    const { code, body } = await read(kube.call(`${base}?fieldSelector=${encodeURIComponent(selector)}`));
    return code === 200 ? (body.items as Body[]).map(({ metadata }) => metadata.name) : code;
  };
};

it.each<[string, string[] | number]>([
  ['metadata.name=a', ['a']],
  ['metadata.name==a', ['a']],
  ['spec.color!=red,metadata.name=a', ['a']],
  ['metadata.name=a,metadata.name=b', []],
  ['metadata.name!=b', 403],
  ['metadata.name=b', 403],
  ['', 403],
  // The comma and what follows it belong to the value of another field.
  ['metadata.namespace!=\\,metadata.name=a', 403],
  ['spec.color!=\\,metadata.name=a', 403],
  ['metadata.name!=\\,metadata.name=a', 403],
])('who may read one object is shown by %s', async (selector, shown) => {
  const list = await start();
  expect(await list(selector)).toEqual(shown);
});

it('shows no selector of whatever form anything else', async () => {
  const list = await start();
  const part = fc.constantFrom(
    'metadata.name',
    'metadata.namespace',
    'spec.color',
    ...['=', '==', '!=', ',', '\\', ' ', 'a', 'b', 'default'],
  );
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 9 }), async parts => {
      const shown = await list(parts.join(''));
      if (typeof shown !== 'number') expect(['a', ...shown].filter(name => name !== 'a')).toEqual([]);
    }),
    { numRuns: 400 },
  );
});
