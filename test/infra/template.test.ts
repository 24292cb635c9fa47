import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RegoEngine, TemplateFile } from '@aws/cloudformation-validate';
import { beforeAll, describe, expect, it } from 'vitest';
import { everything, type Packaged, packageStack, type Resource, type Template } from './stack.ts';

let plain: Packaged;
let full: Packaged;
beforeAll(() => {
  plain = packageStack();
  full = packageStack(everything);
});
const of = (template: Template, type: string): [string, Resource][] =>
  Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);

describe('the stack', () => {
  it('is what CloudFormation takes, with and without its optional parts', () => {
    const engine = new RegoEngine();
    const dir = mkdtempSync(join(tmpdir(), 'kubeve-template-'));
    const diagnose = (text: string) => {
      writeFileSync(join(dir, 'template.json'), text);
      return engine.validateStandard(new TemplateFile(join(dir, 'template.json'))).diagnostics;
    };
    try {
      for (const { text } of [plain, full]) {
        const wrong = diagnose(text).filter(({ severity }) => severity !== 'WARN' && severity !== 'INFO');
        expect(wrong).toEqual([]);
      }
      // The engine finds what is wrong.
      const typo = plain.text.replace('"BillingMode"', '"BilingMode"');
      expect(
        diagnose(typo)
          .map(({ message }) => message)
          .join(),
      ).toContain('BilingMode');
    } finally {
      engine.free();
      rmSync(dir, { recursive: true, force: true });
    }
  });

  it('keeps a table that bills what is used, expires, streams and can be taken back', () => {
    const { Table } = plain.template.Resources;
    expect(Table?.DeletionPolicy).toBe('RetainExceptOnCreate');
    expect(Table?.Properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
  });

  it('has no public bucket, and none that is not encrypted', () => {
    const buckets = of(full.template, 'AWS::S3::Bucket');
    expect(buckets.map(([name]) => name).sort()).toEqual(['Bucket', 'ServerlessDeploymentBucket']);
    for (const [name, { Properties }] of buckets) {
      expect(Properties.PublicAccessBlockConfiguration, name).toEqual({
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
      expect(Properties.BucketEncryption.ServerSideEncryptionConfiguration[0], name).toBeDefined();
      const policies = of(full.template, 'AWS::S3::BucketPolicy').filter(
        ([, one]) => one.Properties.Bucket.Ref === name,
      );
      const statements = policies.flatMap(([, one]) => one.Properties.PolicyDocument.Statement);
      expect(statements, name).toEqual([
        expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': expect.anything() } } }),
      ]);
    }
    expect(plain.template.Resources['Bucket']?.Properties.LifecycleConfiguration.Rules).toHaveLength(3);
  });

  it('streams the answers of the Kubernetes API, by its URL and by a domain', () => {
    const { KubeLambdaFunctionUrl, KubeRootMethod, KubeAnyMethod, DeviceLambdaFunctionUrl } = full.template.Resources;
    expect(KubeLambdaFunctionUrl?.Properties).toMatchObject({ AuthType: 'NONE', InvokeMode: 'RESPONSE_STREAM' });
    expect(DeviceLambdaFunctionUrl?.Properties.InvokeMode).toBeUndefined();
    for (const method of [KubeRootMethod, KubeAnyMethod]) {
      expect(method?.Properties.Integration).toMatchObject({ Type: 'AWS_PROXY', ResponseTransferMode: 'STREAM' });
      expect(JSON.stringify(method?.Properties.Integration.Uri)).toContain('/response-streaming-invocations');
    }
  });

  it('lets everybody reach the two functions that have a URL, by both permissions that this takes', () => {
    const open = of(plain.template, 'AWS::Lambda::Permission').filter(([, one]) => one.Properties.Principal === '*');
    expect(
      open.map(([, { Properties }]) => [Properties.FunctionName['Fn::GetAtt'][0], Properties.Action]).sort(),
    ).toEqual([
      ['DeviceLambdaFunction', 'lambda:InvokeFunction'],
      ['DeviceLambdaFunction', 'lambda:InvokeFunctionUrl'],
      ['KubeLambdaFunction', 'lambda:InvokeFunction'],
      ['KubeLambdaFunction', 'lambda:InvokeFunctionUrl'],
    ]);
  });

  it('wakes the composer by the logs of the tenant, and keeps what it cannot take up', () => {
    const [[, mapping] = []] = of(packageStack({ tenant: 'acme' }).template, 'AWS::Lambda::EventSourceMapping');
    expect(mapping?.Properties).toMatchObject({
      EventSourceArn: { 'Fn::GetAtt': ['Table', 'StreamArn'] },
      FunctionName: { 'Fn::GetAtt': ['ComposeLambdaFunction', 'Arn'] },
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['DeadLetters', 'Arn'] } } },
    });
    const patterns = mapping?.Properties.FilterCriteria.Filters.map((one: { Pattern: string }) =>
      JSON.parse(one.Pattern),
    );
    const prefixes = ['acme|L#', 'acme|T#info#', 'acme|T#hardwarehealth#'].map(prefix => ({
      prefix,
    }));
    const NewImage = { q: { N: [{ exists: false }] } };
    expect(patterns).toEqual([{ eventName: ['INSERT'], dynamodb: { Keys: { PK: { S: prefixes } }, NewImage } }]);
  });

  it('runs four functions on arm64, whose logs end', () => {
    const functions = of(plain.template, 'AWS::Lambda::Function');
    expect(functions.map(([name]) => name)).toEqual(
      ['Kube', 'Device', 'Compose', 'Sweep'].map(name => `${name}LambdaFunction`),
    );
    for (const [, { Properties }] of functions) {
      expect(Properties).toMatchObject({ Runtime: 'nodejs22.x', Architectures: ['arm64'] });
      expect(Object.keys(Properties.Environment.Variables)).toEqual(
        expect.arrayContaining(['KUBEVE_TABLE', 'KUBEVE_BUCKET', 'KUBEVE_TENANT', 'KUBEVE_IDENTITY']),
      );
    }
    const groups = of(plain.template, 'AWS::Logs::LogGroup');
    expect(groups).toHaveLength(4);
    for (const [name, { Properties }] of groups) expect(Properties.RetentionInDays, name).toBe(30);
  });

  it('tells a person of errors, throttles, dead letters and lag', () => {
    const alarms = of(plain.template, 'AWS::CloudWatch::Alarm');
    const watched = alarms.map(([, { Properties }]) => {
      const { Value } = Properties.Dimensions[0];
      return `${Value.Ref ?? Value['Fn::GetAtt'].join('.')} ${Properties.MetricName}`;
    });
    const functions = ['Compose', 'Device', 'Kube', 'Sweep'].map(name => `${name}LambdaFunction`);
    expect(watched.sort()).toEqual(
      [
        ...functions.flatMap(name => [`${name} Errors`, `${name} Throttles`]),
        'ComposeLambdaFunction IteratorAge',
        'DeadLetters.QueueName ApproximateNumberOfMessagesVisible',
        'Table WriteThrottleEvents',
      ].sort(),
    );
    for (const [name, { Properties }] of alarms) expect(Properties.AlarmActions, name).toEqual([{ Ref: 'Alarms' }]);
  });

  it('asks for client certificates when there is a list of authorities, and is reached by its domain only', () => {
    const { KubeDomain, KubeApi, DeviceApi } = full.template.Resources;
    expect(KubeDomain?.Properties.MutualTlsAuthentication['Fn::If']).toEqual([
      'HasTruststore',
      { TruststoreUri: everything['truststore'] },
      { Ref: 'AWS::NoValue' },
    ]);
    expect(KubeApi?.Properties.DisableExecuteApiEndpoint).toBe(true);
    expect(DeviceApi?.Properties.DisableExecuteApiEndpoint).toBe(true);
  });

  it('has optional parts only where they are wanted', () => {
    const held = ({ Conditions }: Template) =>
      Object.entries(Conditions).flatMap(([name, condition]) => {
        const [{ 'Fn::Equals': sides } = { 'Fn::Equals': undefined }] =
          (condition as { 'Fn::Not'?: { 'Fn::Equals': [string, string] }[] })['Fn::Not'] ?? []; // as the template writes them
        return sides && sides[0] !== sides[1] ? [name] : [];
      });
    expect(held(plain.template)).toEqual([]);
    expect(held(full.template).sort()).toEqual([
      'HasAlarmEmail',
      'HasDeviceDomain',
      'HasDomain',
      'HasTruststore',
      'HasZone',
    ]);
    for (const [name, { Condition }] of Object.entries(plain.template.Resources))
      expect(
        /^(Kube(Api|Root|Any|Deployment|Stage|Domain|Mapping|Record)|DeviceApi|Device(Integration|Route|Stage|Domain|Mapping|Record)|AlarmEmail)/.test(
          name,
        ),
        name,
      ).toBe(Condition !== undefined);
  });

  it('says what it made', () => {
    expect(Object.keys(plain.template.Outputs)).toEqual(
      expect.arrayContaining(['KubeUrl', 'DeviceUrl', 'Authority', 'Region', 'TableName', 'BucketName', 'Tenant']),
    );
  });
});
