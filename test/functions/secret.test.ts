import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { readSecret } from '../../functions/secret.ts';
import { openSecretsServer, type SecretsServer } from '../support/secretsserver.ts';

let server: SecretsServer;
beforeAll(async () => {
  server = await openSecretsServer('kubeve/identity', 'the text');
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', server.endpoint);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'id');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'key');
});
afterAll(() => {
  vi.unstubAllEnvs();
  server.close();
});

it('reads a secret', async () => {
  server.failure = undefined;
  expect(await readSecret('kubeve/identity', 'eu-central-1')).toBe('the text');
});

it.each([
  ['ExpiredTokenException', 'the credentials have expired, renew them'],
  ['AccessDeniedException', 'look at the role and its policy'],
  ['ResourceNotFoundException', 'there is none of this name in this region, deploy again'],
  ['InternalServiceError', 'it is asked for again with the next request'],
])('says what to do about %s', async (failure, advice) => {
  server.failure = failure;
  await expect(readSecret('kubeve/identity', 'eu-central-1')).rejects.toMatchObject({
    reason: 'ServiceUnavailable',
    message: `The secret kubeve/identity cannot be read (${failure}): ${advice}.`,
    details: { retryAfterSeconds: 10 },
  });
});
