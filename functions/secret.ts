import {
  GetSecretValueCommand,
  SecretsManagerClient,
  type SecretsManagerClientConfig,
} from '@aws-sdk/client-secrets-manager';
import { Fault } from '../shared/base/fault.ts';

/**
 * Reads a secret of AWS Secrets Manager, named by name or ARN. `access`: what the SDK is not to find by itself. Throws
 * ServiceUnavailable, saying what to do and nothing of it.
 */
export const readSecret = async (
  id: string,
  region?: string,
  access: Pick<SecretsManagerClientConfig, 'endpoint' | 'credentials'> = {},
): Promise<string> => {
  const client = new SecretsManagerClient({ ...(region && { region }), ...access, maxAttempts: 3 });
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: id }));
    if (SecretString === undefined) throw unavailable(id, 'holds bytes instead of a text: deploy again', undefined);
    return SecretString;
  } catch (error) {
    if (error instanceof Fault) throw error;
    const name = error instanceof Error ? error.name : 'unknown';
    throw unavailable(id, `cannot be read (${name}): ${advice(name)}`, error);
  } finally {
    client.destroy();
  }
};

const unavailable = (id: string, what: string, cause: unknown): Fault =>
  new Fault('ServiceUnavailable', `The secret ${id} ${what}.`, { cause, retryAfterSeconds: 10 });

const advice = (name: string): string => {
  if (/expired/i.test(name)) return 'the credentials have expired, renew them';
  if (/ResourceNotFound/.test(name)) return 'there is none of this name in this region, deploy again';
  if (/Access|Unrecognized|Credentials|Token|Signature/.test(name)) return 'look at the role and its policy';
  return 'it is asked for again with the next request';
};
