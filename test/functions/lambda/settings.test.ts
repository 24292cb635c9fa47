import { describe, expect, it } from 'vitest';
import { readSettings } from '../../../functions/lambda/settings.ts';

const least = { KUBEVE_TABLE: 'kubeve', KUBEVE_BUCKET: 'kubeve-blobs', KUBEVE_IDENTITY: 'kubeve/identity' };

describe('readSettings', () => {
  it('takes the least that is needed', () => {
    expect(readSettings(least)).toEqual({
      table: 'kubeve',
      bucket: 'kubeve-blobs',
      identity: 'kubeve/identity',
      tenant: 'main',
      deviceApiV1: false,
      logLevel: 'info',
    });
  });

  it('takes all', () => {
    expect(
      readSettings({
        ...least,
        KUBEVE_TENANT: 'acme-1',
        KUBEVE_SERVICE_ACCOUNT_ISSUER: 'https://a.example, https://b.example',
        KUBEVE_API_AUDIENCE: 'a',
        KUBEVE_AUTHENTICATION_CONFIG: 'access.yaml',
        KUBEVE_OIDC_SIGNING_ALG: 'RS256,ES256',
        KUBEVE_AWS_IAM_CONFIG: 'aws.yaml',
        KUBEVE_DEVICE_API_V1: 'true',
        KUBEVE_AUDIT_POLICY: 'policy.yaml',
        KUBEVE_ADAM_API: 'true',
        KUBEVE_ADAM_NAMESPACE: 'old',
        KUBEVE_LOG_LEVEL: 'debug',
      }),
    ).toMatchObject({
      tenant: 'acme-1',
      issuers: ['https://a.example', 'https://b.example'],
      audiences: ['a'],
      authenticationConfig: 'access.yaml',
      algorithms: ['RS256', 'ES256'],
      awsIamConfig: 'aws.yaml',
      deviceApiV1: true,
      auditPolicy: 'policy.yaml',
      adam: { isOpen: false, namespace: 'old' },
      logLevel: 'debug',
    });
  });

  it.each([
    [{ KUBEVE_TABLE: '' }, 'KUBEVE_TABLE is not set'],
    [{ KUBEVE_BUCKET: undefined }, 'KUBEVE_BUCKET is not set'],
    [{ KUBEVE_IDENTITY: undefined }, 'KUBEVE_IDENTITY is not set'],
    [{ KUBEVE_TENANT: 'A/B' }, "KUBEVE_TENANT must be a name of lower-case letters, digits and dashes, not 'A/B'"],
    [{ KUBEVE_OIDC_SIGNING_ALG: 'none' }, 'KUBEVE_OIDC_SIGNING_ALG must be of '],
    [{ KUBEVE_DEVICE_API_V1: 'yes' }, "KUBEVE_DEVICE_API_V1 must be true or false, not 'yes'"],
    [{ KUBEVE_LOG_LEVEL: 'loud' }, "KUBEVE_LOG_LEVEL must be one of debug, info, warn, error, not 'loud'"],
  ])('says what is wrong with %o', (env, message) => {
    expect(() => readSettings({ ...least, ...env })).toThrow(message);
  });
});
