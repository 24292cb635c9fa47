import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RegoEngine, TemplateFile } from '@aws/cloudformation-validate';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Tenant } from '../../functions/tenants/tenant.ts';
import { toTenants } from '../../functions/tenants/tenant.ts';
import { parseDeployFlags } from '../../infra/deploy/flags.ts';
import { toDeclared } from '../../infra/deploy/tenants/declared.ts';
import type { Deployed } from '../../infra/deploy/tenants/ensure.ts';
import { entrancesOf } from '../../infra/deploy/tenants/entrance.ts';
import { toFragment } from '../../infra/deploy/tenants/fragment.ts';
import { toPolicies } from '../../infra/deploy/tenants/policies.ts';
import { toStream } from '../../infra/deploy/tenants/stream.ts';
import { everything, type Packaged, packageStack, type Template } from './stack.ts';

const file = '.build/stack/tenants.json';
const toArn = (name: string): string =>
  `arn:aws:secretsmanager:eu-central-1:000000000000:secret:kubeve-test/tenants/${name}/identity-AbCdEf`;
const flags = (...args: string[]) => parseDeployFlags(args);

const toDeployed = (tenants: readonly Tenant[], given = flags()): Deployed[] => {
  const secret = { arn: '', text: '' };
  const identities = { authority: secret, serving: secret, news: 'there' as const };
  return toDeclared(tenants, 'kubeve-test', given).map(one => ({ ...one, identities, identityArn: toArn(one.name) }));
};
const packageTenants = (
  tenants: readonly Deployed[],
  truststores: ReadonlyMap<string, string> = new Map(),
  given: Readonly<Record<string, string>> = {},
): Packaged => {
  const { domain = '', truststore = '' } = given;
  const fragment = toFragment({ own: 'main', tenants, domain, truststores, mtls: truststore !== '' });
  return packageStack(
    { tenants: file, hasKubeHosts: 'true', hasDeviceHosts: 'true', ...given },
    { [file]: JSON.stringify(fragment) },
  );
};
const ofType = ({ Resources }: Template, type: string) =>
  Object.entries(Resources).filter(([, resource]) => resource.Type === type);

const many = Array.from({ length: 100 }, (_, at) => ({ name: `customer-${String(at).padStart(3, '0')}` }));
const few = [
  { name: 'acme', hosts: ['kube.acme.test'], certificate: 'arn:aws:acm:eu-central-1:000000000000:certificate/a' },
  { name: 'globex', path: false, hosts: ['globex.example.org'], deviceHosts: ['eve.globex.example.org'] },
];

describe('a stack with tenants', () => {
  let small: Packaged;
  let large: Packaged;
  let bare: Packaged;
  beforeAll(() => {
    const wildcard = ['--domain', 'kube.example.org', '--domain-certificate', everything['domainCertificate'] ?? ''];
    const devices = ['--device-domain', 'eve.example.org', '--device-domain-certificate'];
    const given = flags(...wildcard, ...devices, everything['deviceDomainCertificate'] ?? '', '--zone', 'Z1', '--mtls');
    const truststores = new Map(few.map(({ name }) => [name, `s3://bucket/truststore/${name}.pem`]));
    small = packageTenants(toDeployed(toTenants(few, 'main'), given), truststores, everything);
    large = packageTenants(toDeployed(toTenants(many, 'main')));
    bare = packageStack();
  });

  it('is what CloudFormation takes, with two tenants of all sorts and with a hundred', () => {
    const engine = new RegoEngine();
    const dir = mkdtempSync(join(tmpdir(), 'kubeve-template-'));
    try {
      for (const { text } of [small, large]) {
        writeFileSync(join(dir, 'template.json'), text);
        const { diagnostics } = engine.validateStandard(new TemplateFile(join(dir, 'template.json')));
        expect(diagnostics.filter(({ severity }) => severity !== 'WARN' && severity !== 'INFO')).toEqual([]);
        const { Resources, Outputs } = JSON.parse(text);
        expect(Object.keys(Resources).length).toBeLessThanOrEqual(500);
        expect(Object.keys(Outputs).length).toBeLessThanOrEqual(200);
        expect(text.length).toBeLessThan(1_000_000);
      }
    } finally {
      engine.free();
      rmSync(dir, { recursive: true, force: true });
    }
  });

  it('allows functions the identity and the objects of each tenant, by their names, and nothing else', () => {
    const all = ['KubeRole', 'DeviceRole', 'ComposeRole', 'SweepRole'];
    const inBucket = (name: string) => ({ 'Fn::Sub': `\${Bucket.Arn}/${name}/*` });
    const names = few.map(({ name }) => name);
    const statementsOf = (id: string) => small.template.Resources[id]?.Properties.PolicyDocument.Statement;
    const policies = ofType(small.template, 'AWS::IAM::ManagedPolicy');
    expect(policies.map(([name]) => name)).toEqual(['TenantsPolicy0', 'TenantsSweepPolicy0']);
    expect(policies.map(([, { Properties }]) => Properties.Roles)).toEqual([
      all.map(Ref => ({ Ref })),
      [{ Ref: 'SweepRole' }],
    ]);
    expect(statementsOf('TenantsPolicy0')).toEqual([
      { Sid: 'Identity', Effect: 'Allow', Action: ['secretsmanager:GetSecretValue'], Resource: names.map(toArn) },
      {
        Sid: 'Objects',
        Effect: 'Allow',
        Action: ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'],
        Resource: names.map(inBucket),
      },
    ]);
    expect(statementsOf('TenantsSweepPolicy0')).toEqual([
      { Sid: 'ClearingObjects', Effect: 'Allow', Action: ['s3:DeleteObject'], Resource: names.map(inBucket) },
    ]);
    expect(ofType(small.template, 'AWS::IAM::Role')).toEqual(ofType(bare.template, 'AWS::IAM::Role'));
  });

  it('keeps within what AWS has room for, with a hundred tenants', () => {
    const policies = ofType(large.template, 'AWS::IAM::ManagedPolicy');
    const attached = policies.flatMap(([, { Properties }]) => Properties.Roles.map(({ Ref }: { Ref: string }) => Ref));
    for (const role of ['KubeRole', 'SweepRole'])
      expect(attached.filter(one => one === role).length).toBeLessThanOrEqual(10);
    for (const [name, { Properties }] of policies) {
      const text = JSON.stringify(Properties.PolicyDocument).replaceAll(`{"Fn::Sub":"\${Bucket.Arn}`, 'x'.repeat(77));
      expect(text.length, name).toBeLessThanOrEqual(6_144);
    }
    const long = many.map(({ name }) => ({ name: `${name}-of-a-name-that-is-long-indeed` }));
    const arnOf = (name: string) => toArn(name).replace('kubeve-test', `kubeve-${'s'.repeat(32)}`);
    const policiesOf = toPolicies(
      toDeployed(toTenants(long, 'main')).map(one => ({ ...one, identityArn: arnOf(one.name) })),
    );
    expect(Object.keys(policiesOf).length).toBeLessThanOrEqual(10);
    const [[, mapping] = []] = ofType(large.template, 'AWS::Lambda::EventSourceMapping');
    const filters: { Pattern: string }[] = mapping?.Properties.FilterCriteria.Filters;
    expect(filters.length).toBeLessThanOrEqual(5);
    for (const { Pattern } of filters) expect(Pattern.length).toBeLessThanOrEqual(4_096);
    const prefixes: { prefix: string }[] = filters.flatMap(({ Pattern }) => JSON.parse(Pattern).dynamodb.Keys.PK.S);
    const { length } = prefixes.filter(({ prefix }) => prefix.startsWith('main|'));
    expect(length).toBeGreaterThan(1);
    expect(prefixes).toHaveLength(101 * length);
    expect(prefixes).toContainEqual({ prefix: 'customer-099|T#hardwarehealth#' });
    expect(() => toStream(Array.from({ length: 100 }, (_, at) => `${at}-${'x'.repeat(60)}`))).toThrow(
      /the names of 100 tenants have no room/,
    );
  });

  it('wakes the composer for its own and for each tenant by the same prefixes', () => {
    const filtersOf = ({ template }: Packaged) => {
      const [[, mapping] = []] = ofType(template, 'AWS::Lambda::EventSourceMapping');
      const { Filters } = mapping?.Properties.FilterCriteria ?? { Filters: [] };
      return Filters.map(({ Pattern }: { Pattern: string }) => JSON.parse(Pattern));
    };
    const [own] = filtersOf(bare);
    const [all] = filtersOf(small);
    const { S: prefixes } = own.dynamodb.Keys.PK;
    const of = (name: string) =>
      prefixes.map(({ prefix }: { prefix: string }) => ({ prefix: prefix.replace('main', name) }));
    const Keys = { PK: { S: ['main', 'acme', 'globex'].flatMap(of) } };
    expect(all).toEqual({ ...own, dynamodb: { ...own.dynamodb, Keys } });
  });

  it('has a gateway for each host name: for people with the certificates of that tenant, for devices without', () => {
    const named = (type: string) => ofType(small.template, type).map(([, { Properties }]) => Properties);
    const people = named('AWS::ApiGateway::DomainName').filter(({ DomainName }) => DomainName !== everything['domain']);
    expect(people.map(one => [one.DomainName, one.RegionalCertificateArn, one.MutualTlsAuthentication])).toEqual([
      ['kube.acme.test', few[0]?.certificate, { TruststoreUri: 's3://bucket/truststore/acme.pem' }],
      ['globex.example.org', everything['domainCertificate'], { TruststoreUri: 's3://bucket/truststore/globex.pem' }],
    ]);
    expect(named('AWS::ApiGatewayV2::DomainName').map(({ DomainName }) => DomainName)).toEqual([
      'eve.example.org',
      'eve.globex.example.org',
    ]);
    expect(named('AWS::ApiGateway::BasePathMapping')).toHaveLength(3);
    expect(named('AWS::ApiGatewayV2::ApiMapping')).toHaveLength(2);
    // The names under a certificate of its own have their zone elsewhere.
    expect(named('AWS::Route53::RecordSet').map(({ Name }) => Name)).toEqual([
      'kube.example.org',
      'eve.example.org',
      'globex.example.org',
      'eve.globex.example.org',
    ]);
  });

  it('has the gateways when only a tenant has host names', () => {
    const { Conditions } = large.template;
    const has = (name: string, value: string) => ({
      'Fn::Or': [{ Condition: name }, { 'Fn::Equals': [value, 'true'] }],
    });
    expect(Conditions).toMatchObject({
      HasKubeApi: has('HasDomain', 'true'),
      HasDeviceApi: has('HasDeviceDomain', 'true'),
    });
    expect(bare.template.Conditions).toMatchObject({ HasKubeApi: has('HasDomain', 'false') });
  });

  it('tells where each is: by path at the function, which asks nobody for certificates of others', () => {
    const texts = Object.entries(large.template.Outputs).flatMap(([key, { Value }]) => {
      const text = (Value as { 'Fn::Sub'?: string })['Fn::Sub']; // as the template writes those of tenants
      return text === undefined
        ? []
        : [[key, text.replace(`\${KubeLambdaFunctionUrl.FunctionUrl}`, 'https://f.test/')]];
    });
    const found = entrancesOf(Object.fromEntries(texts));
    expect(found).toHaveLength(100);
    expect(found[7]).toEqual({ name: 'customer-007', kubeUrl: 'https://f.test/clusters/customer-007' });
    const outputs = JSON.stringify(small.template.Outputs);
    expect(outputs).toContain('https://eve.globex.example.org');
    const [acme] = toDeployed(toTenants([{ name: 'acme' }], 'main'));
    const urlOf = (mtls: boolean) =>
      JSON.stringify(
        toFragment({ own: 'main', tenants: acme ? [acme] : [], domain: 'k.test', truststores: new Map(), mtls })
          .resources.Outputs,
      );
    expect(urlOf(false)).toContain('https://k.test/clusters/acme');
    expect(urlOf(true)).toContain(`\${KubeLambdaFunctionUrl.FunctionUrl}clusters/acme`);
  });
});
