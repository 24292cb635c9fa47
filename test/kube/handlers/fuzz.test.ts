import fc from 'fast-check';
import { expect, it } from 'vitest';
import { startKube } from '../../support/kube.ts';

/** Whatever comes, the answer is a Status that blames the caller, and nothing is broken for the next one. */

const base = '/apis/example.com/v1/namespaces/default/widgets';

const key = fc.oneof(
  fc.constantFrom(
    'apiVersion',
    'kind',
    'metadata',
    'name',
    'namespace',
    'labels',
    'annotations',
    'finalizers',
    'ownerReferences',
    'uid',
    'resourceVersion',
    'spec',
    'status',
    'size',
    'color',
    'parts',
    '__proto__',
    'constructor',
    'toString',
  ),
  fc.string({ maxLength: 5 }),
);
const json = fc.letrec<{ value: unknown }>(tie => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<unknown>(null, true, 0, -1, 1e300, '', 'a', 'default', 'Widget', 'example.com/v1', '0', '1', []),
    fc.string({ maxLength: 8 }),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 5 }).map(entries => Object.fromEntries(entries)),
  ),
})).value;

const contentType = fc.constantFrom(
  'application/json',
  'application/yaml',
  'application/vnd.kubernetes.protobuf',
  'application/merge-patch+json',
  'application/json-patch+json',
  'application/strategic-merge-patch+json',
  'text/plain',
  '',
);
const body = fc.oneof(
  json.map(value => JSON.stringify(value) ?? 'null'),
  json.map(spec => JSON.stringify({ metadata: { name: 'a' }, spec })),
  json.map(metadata => JSON.stringify({ metadata, spec: {} })),
  fc.string({ unit: 'binary', maxLength: 60 }),
);
const word = fc.oneof(
  fc.constantFrom('true', '0', '1', '-1', 'All', 'a=b', 'a in (b)', '!a', 'metadata.name=a', 'Exact'),
  fc.string({ maxLength: 6 }),
);
const query = fc.dictionary(
  fc.constantFrom(
    'watch',
    'limit',
    'continue',
    'labelSelector',
    'fieldSelector',
    'resourceVersion',
    'resourceVersionMatch',
    'dryRun',
    'fieldValidation',
    'fieldManager',
    'propagationPolicy',
    'includeObject',
    'pretty',
    'timeoutSeconds',
  ),
  word,
  { maxKeys: 4 },
);
const path = fc.oneof(
  fc.constantFrom(
    base,
    `${base}/a`,
    `${base}/a/status`,
    `${base}/a/scale`,
    '/api/v1/namespaces/default/notes',
    '/api/v1/namespaces/default/notes/a',
    '/api/v1/namespaces',
    '/apis/example.com/v1/questions',
  ),
  fc.webPath(),
);
const method = fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE');

it('never answers 5xx', async () => {
  const kube = await startKube();
  await kube.send('POST', base, { metadata: { name: 'a' }, spec: { replicas: 1 } });
  await fc.assert(
    fc.asyncProperty(method, path, query, contentType, body, async (method, path, query, type, body) => {
      const search = new URLSearchParams({ timeoutSeconds: '1', ...query });
      const response = await kube.call(`${path}?${search}`, {
        method,
        headers: { 'content-type': type },
        ...(method !== 'GET' && { body }),
      });
      const isEndless = query.watch !== undefined && response.status === 200;
      if (isEndless) await response.body?.cancel();
      const text = isEndless ? '' : await response.text();
      if (response.status === 504) expect(text).toContain('Too large resource version');
      // What an object lacks that its kind scales by is upstream's one 500.
      else if (response.status === 500) expect(text).toContain('the spec replicas field');
      else expect(response.status).toBeLessThan(500);
      expect(kube.complaints.filter(({ level }) => level === 'error')).toEqual([]);
    }),
    { numRuns: 600 },
  );
  expect((await kube.call(base)).status).toBe(200);
});
