import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makePair, pem, startAdam } from '../adam/kit.ts';

const pair = makePair('EVE');
const known = makePair('onboard');

/** Bodies near the right ones: wrong types, odd names, odd values, and plain noise. */
const value = fc.oneof(
  fc.constantFrom(
    pem(pair),
    pem(known),
    '',
    '*',
    'S1,S2',
    '__proto__',
    'constructor',
    `${pem(pair)}=`,
    pem(pair).slice(9),
  ),
  fc.jsonValue(),
);
const name = fc.constantFrom(
  ...['Cert', 'cert', 'CERT', 'Serial', 'serial', 'Onboard', 'nonce', 'integrityToken', 'attested', 'eventLog'],
  ...['enforceTemplateAttestation', 'PCRTemplates', 'PCRValues', 'constructor', 'toString', 'x'],
);
const object = fc
  .array(fc.tuple(name, value), { maxLength: 5 })
  .map(entries => JSON.stringify(Object.fromEntries(entries)));
const body = fc.oneof(
  object,
  fc.json(),
  fc.string(),
  fc.constantFrom('{"__proto__":1}', '['.repeat(5000), '{"a":'.repeat(5000), `{"x":"${'y'.repeat(200_000)}"}`),
);

test('bodies of the Adam API are taken or refused, and never break anything', async () => {
  const kit = await startAdam();
  const uuid = await kit.add(makePair('EVE'));
  const route = fc.constantFrom(
    ['POST', '/admin/device'] as const,
    ['POST', '/admin/onboard'] as const,
    ['PUT', `/admin/device/${uuid}/options`] as const,
    ['PUT', `/admin/device/${uuid}/config`] as const,
    ['PUT', '/admin/options'] as const,
  );
  await fc.assert(
    fc.asyncProperty(route, body, async ([method, path], text) => {
      const answer = await kit.ask(method, path, text);
      expect([200, 201, 400, 409, 413], `${method} ${path} ${text.slice(0, 300)}`).toContain(answer.status);
      if (answer.status >= 400) expect(await answer.text()).toMatch(/^[^\n]+\n$/);
      else await answer.text();
    }),
    { numRuns: 400 },
  );
  expect(kit.complaints).toEqual([]);
  for (const path of ['/admin/device', '/admin/onboard', `/admin/device/${uuid}`])
    expect(await kit.status(kit.ask('GET', path))).toBe(200);
  kit.stop.abort();
});

test('paths of the Adam API, however odd, are answered', async () => {
  const kit = await startAdam();
  const part = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 40 }).map(encodeURIComponent),
    fc.constantFrom('%', '%zz', '%00', '..', '%2e%2e', '%2f', 'device', 'onboard', 'config', 'logs', 'options'),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'DELETE', 'HEAD', 'PATCH'),
      fc.array(part, { maxLength: 5 }),
      async (method, parts) => {
        const answer = await kit.ask(method, `/admin/${parts.join('/')}`);
        expect(answer.status).toBeLessThan(500);
        await answer.body?.cancel();
      },
    ),
    { numRuns: 300 },
  );
  expect(kit.complaints).toEqual([]);
  kit.stop.abort();
});
