import { beforeAll, expect, it } from 'vitest';
import { packageStack, type Template } from './stack.ts';

let template: Template;
beforeAll(() => {
  ({ template } = packageStack());
});

const identity = 'arn:aws:secretsmanager:eu-central-1:000000000000:secret:example/identity-000000';
const table = [
  'dynamodb:BatchGetItem Table.Arn',
  'dynamodb:ConditionCheckItem Table.Arn',
  'dynamodb:DeleteItem Table.Arn',
  'dynamodb:GetItem Table.Arn',
  'dynamodb:PutItem Table.Arn',
  'dynamodb:Query Table.Arn',
  'dynamodb:UpdateItem Table.Arn',
];
// Objects have no names of their own in a policy: those below the tenant's prefix are the least there is.
const inBucket = (action: string): string => `${action} \${Bucket.Arn}/main/*`;
const objects = ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'].map(inBucket);
const common = (name: string) => [
  ...table,
  `logs:CreateLogStream ${name}LogGroup.Arn`,
  `logs:PutLogEvents ${name}LogGroup.Arn`,
  ...objects,
  's3:ListBucket Bucket.Arn',
  `secretsmanager:GetSecretValue ${identity}`,
];

/** Everything that each function may do. */
const allowed: Record<string, string[]> = {
  KubeRole: common('Kube'),
  DeviceRole: common('Device'),
  ComposeRole: [
    ...common('Compose'),
    ...['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map(
      one => `dynamodb:${one} Table.StreamArn`,
    ),
    'sqs:SendMessage DeadLetters.Arn',
  ],
  SweepRole: [...common('Sweep'), 'dynamodb:BatchWriteItem Table.Arn', inBucket('s3:DeleteObject')],
};

interface Statement {
  readonly Effect: string;
  readonly Action: string[];
  readonly Resource: string | { 'Fn::GetAtt'?: string[]; 'Fn::Sub'?: string };
}

const toText = (resource: Statement['Resource']): string =>
  typeof resource === 'string'
    ? resource
    : (resource['Fn::GetAtt']?.join('.') ?? resource['Fn::Sub'] ?? JSON.stringify(resource));

const actionsOf = (role: string): string[] =>
  template.Resources[role]?.Properties.Policies.flatMap(
    (policy: { PolicyDocument: { Statement: Statement[] } }) => policy.PolicyDocument.Statement,
  ).flatMap(({ Effect, Action, Resource }: Statement) => {
    expect(Effect).toBe('Allow');
    return Action.map(action => `${action} ${toText(Resource)}`);
  });

it.each(Object.keys(allowed))('%s allows what is listed here, and nothing else', role => {
  expect(actionsOf(role).sort()).toEqual(allowed[role]?.sort());
});

it('has no role but these, and gives each to its function', () => {
  const roles = Object.entries(template.Resources).filter(([, one]) => one.Type === 'AWS::IAM::Role');
  expect(roles.map(([name]) => name).sort()).toEqual(Object.keys(allowed).sort());
  for (const [name, { Properties }] of roles) {
    expect(Properties.ManagedPolicyArns, name).toBeUndefined();
    expect(Properties.AssumeRolePolicyDocument.Statement).toEqual([
      { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
    ]);
    const owner = template.Resources[name.replace(/Role$/, 'LambdaFunction')];
    expect(owner?.Properties.Role, name).toEqual({ 'Fn::GetAtt': [name, 'Arn'] });
  }
});

it('has no wildcard but below the prefix of the tenant in the bucket', () => {
  const all = Object.keys(allowed).flatMap(actionsOf);
  const wild = all.filter(one => /[*?]/.test(one));
  expect(wild.filter(one => !/^s3:\w+ \$\{Bucket\.Arn\}\/main\/\*$/.test(one))).toEqual([]);
});
