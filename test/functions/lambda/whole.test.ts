import { expect, it } from 'vitest';
import type { HttpEvent } from '../../../functions/lambda/event.ts';
import { lazily } from '../../../functions/lambda/lazily.ts';
import { whole } from '../../../functions/lambda/whole.ts';
import { createTestPorts } from '../../support/ports.ts';

const { log } = createTestPorts();
const event: HttpEvent = {
  version: '2.0',
  rawPath: '/api/v2/edgedevice/ping',
  rawQueryString: '',
  headers: {},
  requestContext: { http: { method: 'GET' } },
};
const context = (ms = 300_000) => ({ awsRequestId: 'r', getRemainingTimeInMillis: () => ms });

it('answers bytes as base64, with headers in both forms', async () => {
  const bytes = Uint8Array.of(0, 255, 10);
  const handler = whole(
    async () => () => new Response(bytes, { status: 201, headers: { 'content-type': 'a/b' } }),
    log,
  );
  expect(await handler(event, context())).toEqual({
    statusCode: 201,
    headers: { 'content-type': 'a/b' },
    multiValueHeaders: { 'content-type': ['a/b'] },
    body: Buffer.from(bytes).toString('base64'),
    isBase64Encoded: true,
  });
});

it('says that it is unavailable before the time is up', async () => {
  const ends: string[] = [];
  const handler = whole(
    async () => request => {
      request.signal.addEventListener('abort', () => ends.push('stopped'));
      return new Promise(() => {});
    },
    log,
  );
  const answer = await handler(event, context(550));
  expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '10']);
  expect(ends).toEqual(['stopped']);
});

it('opens once, and anew for something else; tells what it could not open, and tries again', async () => {
  let count = 0;
  let current = 'first';
  const fetch = lazily({
    current: async () => current,
    make: async of => {
      count += 1;
      if (count === 1) throw new Error('the secret is away');
      return () => new Response(of);
    },
    refuse: (_, error) => new Response(error instanceof Error ? error.message : '', { status: 503 }),
    log,
  });
  const handler = whole(async () => fetch, log);
  const ask = async () => {
    const { statusCode, body } = await handler(event, context());
    return [statusCode, Buffer.from(body, 'base64').toString()];
  };
  expect(await ask()).toEqual([503, 'the secret is away']);
  expect(await Promise.all([ask(), ask()])).toEqual([
    [200, 'first'],
    [200, 'first'],
  ]);
  expect(count).toBe(2);
  current = 'second';
  expect(await ask()).toEqual([200, 'second']);
  expect(count).toBe(3);
});
