import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { settingsIn } from '../../../functions/lambda/open.ts';
import { readSettings, settingsOf } from '../../../functions/lambda/settings.ts';

const least = { KUBEVE_TABLE: 'kubeve', KUBEVE_BUCKET: 'kubeve-blobs', KUBEVE_IDENTITY: 'kubeve/identity' };

describe('readSettings', () => {
  it('takes the least that is needed', () => {
    expect(readSettings(least)).toEqual({
      table: 'kubeve',
      bucket: 'kubeve-blobs',
      identity: 'kubeve/identity',
      tenant: 'main',
      tenants: [],
      identityMs: 300_000,
      deviceApiV1: false,
      logLevel: 'info',
    });
  });

  it('takes all', () => {
    expect(
      readSettings({
        ...least,
        KUBEVE_TENANT: 'acme-1',
        KUBEVE_TENANTS: '[{"name":"globex","identity":"kubeve/globex"}]',
        KUBEVE_IDENTITY_SECONDS: '60',
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
      tenants: [{ name: 'globex', identity: 'kubeve/globex', hosts: [], path: true }],
      identityMs: 60_000,
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
    [{ KUBEVE_TENANTS: '- name: a' }, 'KUBEVE_TENANTS must be JSON'],
    [{ KUBEVE_TENANTS: '[{"name":"a"}]' }, 'KUBEVE_TENANTS: a needs an identity'],
    [{ KUBEVE_TENANTS: '[{"name":"a","identity":"i","tokenFile":"t.csv"}]' }, 'KUBEVE_TENANTS: a has no files here'],
    [{ KUBEVE_TENANTS: '[{"name":"main","identity":"i"}]' }, "tenants[0].name is taken: 'main'"],
    [{ KUBEVE_IDENTITY_SECONDS: '0' }, "KUBEVE_IDENTITY_SECONDS must be from 1 to 99999, not '0'"],
    [{ KUBEVE_OIDC_SIGNING_ALG: 'none' }, 'KUBEVE_OIDC_SIGNING_ALG must be of '],
    [{ KUBEVE_DEVICE_API_V1: 'yes' }, "KUBEVE_DEVICE_API_V1 must be true or false, not 'yes'"],
    [{ KUBEVE_LOG_LEVEL: 'loud' }, "KUBEVE_LOG_LEVEL must be one of debug, info, warn, error, not 'loud'"],
  ])('says what is wrong with %o', (env, message) => {
    expect(() => readSettings({ ...least, ...env })).toThrow(message);
  });

  it('gives a tenant nothing of the others that lets somebody in', () => {
    const tenants = '[{"name":"globex","identity":"kubeve/globex","apiAudience":["globex"]}]';
    const own = {
      KUBEVE_API_AUDIENCE: 'a',
      KUBEVE_AUTHENTICATION_CONFIG: 'access.yaml',
      KUBEVE_AWS_IAM_CONFIG: 'aws.yaml',
    };
    const settings = readSettings({ ...least, ...own, KUBEVE_TENANTS: tenants });
    expect(settingsOf(settings, settings.tenants[0])).toEqual({
      table: 'kubeve',
      bucket: 'kubeve-blobs',
      identity: 'kubeve/globex',
      identityMs: 300_000,
      tenant: 'globex',
      tenants: [],
      audiences: ['globex'],
      deviceApiV1: false,
      logLevel: 'info',
    });
  });
});

describe('settingsIn', () => {
  it('reads tenants from a file that lies with the function', () => {
    const dir = mkdtempSync(join(tmpdir(), 'kubeve-settings-'));
    try {
      const file = join(dir, 'tenants.json');
      writeFileSync(file, '[{"name":"globex","identity":"kubeve/globex"}]');
      const { tenants } = settingsIn({ ...least, KUBEVE_TENANTS_FILE: file });
      expect(tenants).toEqual([{ name: 'globex', identity: 'kubeve/globex', hosts: [], path: true }]);
      expect(settingsIn({ ...least, KUBEVE_TENANTS_FILE: '' }).tenants).toEqual([]);
      writeFileSync(file, 'none');
      expect(() => settingsIn({ ...least, KUBEVE_TENANTS_FILE: file })).toThrow('KUBEVE_TENANTS must be JSON');
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
