import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { awsIamTokens } from '../../../../shared/kube/access/drivers/awsiam.ts';
import { joinMappings, toAwsMapping, toCanonicalArn } from '../../../../shared/kube/access/drivers/awsmapping.ts';
import type { Get } from '../../../../shared/kube/access/get.ts';
import { createTestPorts } from '../../../support/ports.ts';

const role = 'arn:aws:iam::123456789012:role/dev';
const identity = {
  Account: '123456789012',
  Arn: 'arn:aws:sts::123456789012:assumed-role/dev/ann@x',
  UserId: 'AROA:ann@x',
};

/** What the double of STS was asked, and what it answers. */
let asked: { url: string; cluster: string | undefined; accept: string | undefined }[] = [];
let answer: { status: number; body: string };
let sts: Server;
let port: number;

beforeAll(async () => {
  sts = createServer({ keepAliveTimeout: 300_000 }, (request, response) => {
    const { accept, 'x-k8s-aws-id': cluster } = request.headers;
    asked.push({ url: request.url ?? '', cluster: String(cluster), accept });
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
  });
  await new Promise<void>(resolve => sts.listen(0, '127.0.0.1', resolve));
  port = (sts.address() as AddressInfo).port;
});
afterAll(() => new Promise(resolve => sts.close(resolve)));
beforeEach(() => {
  asked = [];
  answer = {
    status: 200,
    body: JSON.stringify({ GetCallerIdentityResponse: { GetCallerIdentityResult: identity, ResponseMetadata: {} } }),
  };
});

/** Leads every STS to the double. */
const get: Get = async (url, { headers = {} }) => {
  const { pathname, search } = new URL(url);
  const response = await fetch(`http://127.0.0.1:${port}${pathname}${search}`, { headers, redirect: 'error' });
  return { status: response.status, body: new Uint8Array(await response.arrayBuffer()) };
};

const usual = {
  Action: 'GetCallerIdentity',
  Version: '2011-06-15',
  'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
  'X-Amz-Credential': 'AKIA/20260102/eu-central-1/sts/aws4_request',
  'X-Amz-Date': '20260102T030405Z',
  'X-Amz-Expires': '60',
  'X-Amz-SignedHeaders': 'host;x-k8s-aws-id',
  'X-Amz-Signature': 'abc',
};
const host = 'https://sts.eu-central-1.amazonaws.com/';
const toToken = (url: string): string => `k8s-aws-v1.${Buffer.from(url).toString('base64url')}`;
const make = (changes: Record<string, string | undefined> = {}, at = host, more = ''): string => {
  const query = Object.entries({ ...usual, ...changes }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return toToken(`${at}?${new URLSearchParams(query)}${more}`);
};

const start = (regions: string[] = []) => {
  const ports = createTestPorts();
  let mapping = toAwsMapping({ mapRoles: [{ rolearn: role, username: 'dev:{{SessionName}}', groups: ['dev'] }] });
  const verify = awsIamTokens({ ...ports, clusterId: 'kubeve', regions, mapping: async () => mapping, get });
  const map = (value: Record<string, unknown>) => {
    mapping = toAwsMapping(value);
  };
  return { ...ports, verify, map };
};

it('lets in whom STS knows and the mapping names', async () => {
  const { verify } = start();
  expect(await verify(make())).toEqual({
    name: 'dev:ann-x',
    uid: 'aws-iam-authenticator:123456789012:AROA',
    groups: ['dev'],
    extra: {
      accessKeyId: ['AKIA'],
      arn: [identity.Arn],
      canonicalArn: [role],
      principalId: ['AROA'],
      sessionName: ['ann@x'],
    },
  });
  expect(asked).toEqual([
    { url: expect.stringMatching(/^\/\?Action=GetCallerIdentity&/), cluster: 'kubeve', accept: 'application/json' },
  ]);
});

it('asks once for a token that comes again, and obeys the mapping of the moment', async () => {
  const { verify, map, clock } = start();
  await Promise.all([verify(make()), verify(make())]);
  await verify(make());
  expect(asked).toHaveLength(1);
  map({ mapUsers: [] });
  await expect(verify(make())).rejects.toMatchObject({ reason: 'Unauthorized' });
  clock.advance(60_000);
  await expect(verify(make())).rejects.toMatchObject({ reason: 'Unauthorized' });
  expect(asked).toHaveLength(2);
});

describe('STS is not asked', () => {
  it.each<[string, string]>([
    ['another host', make({}, 'https://evil.example/')],
    ['a host that looks like it', make({}, 'https://sts.eu-central-1.amazonaws.com.evil.example/')],
    ['a host with a suffix', make({}, 'https://evil-sts.eu-central-1.amazonaws.com/')],
    ['an address', make({}, 'https://169.254.169.254/')],
    ['another service', make({}, 'https://s3.eu-central-1.amazonaws.com/')],
    ['another port', make({}, 'https://sts.eu-central-1.amazonaws.com:8443/')],
    ['a user', make({}, 'https://sts.eu-central-1.amazonaws.com@evil.example/')],
    ['plain HTTP', make({}, 'http://sts.eu-central-1.amazonaws.com/')],
    ['another path', make({}, `${host}x`)],
    ['another action', make({ Action: 'AssumeRole' })],
    ['an action twice', make({}, host, '&Action=AssumeRole')],
    ['an action in other letters', make({}, host, '&action=AssumeRole')],
    ['a strange parameter', make({ RoleArn: 'x' })],
    ['no cluster', make({ 'X-Amz-SignedHeaders': 'host' })],
    ['no date', make({ 'X-Amz-Date': undefined })],
    ['a date that is none', make({ 'X-Amz-Date': '20261302T030405Z' })],
    ['an old date', make({ 'X-Amz-Date': '20260102T024905Z' })],
    ['too long an expiry', make({ 'X-Amz-Expires': '901' })],
    ['no expiry', make({ 'X-Amz-Expires': undefined })],
    ['no URL', toToken('hello')],
    ['no base64', 'k8s-aws-v1.***'],
    ['a very long token', toToken(`${host}?${'x'.repeat(5000)}`)],
    ['a fragment', make({}, host, '#x')],
  ])('for %s', async (_case, token) => {
    await expect(start().verify(token)).rejects.toMatchObject({ reason: 'Unauthorized' });
    expect(asked).toEqual([]);
  });

  it('for tokens of other sorts', async () => {
    expect(await start().verify('ey.ey.ey')).toBeUndefined();
  });

  it('outside the regions that are configured', async () => {
    await expect(start(['us-east-1']).verify(make())).rejects.toMatchObject({ reason: 'Unauthorized' });
    expect(asked).toEqual([]);
    expect(await start(['us-east-1']).verify(make({}, 'https://sts.amazonaws.com/'))).toBeDefined();
    expect(await start(['cn-north-1']).verify(make({}, 'https://sts.cn-north-1.amazonaws.com.cn/'))).toBeDefined();
  });
});

it.each<[number, string]>([
  [403, '{}'],
  [200, '<xml/>'],
  [200, '{"GetCallerIdentityResponse":{"GetCallerIdentityResult":{"Arn":"arn"}}}'],
  [
    200,
    JSON.stringify({ GetCallerIdentityResponse: { GetCallerIdentityResult: { ...identity, Arn: 'arn:aws:s3:::x' } } }),
  ],
  [302, ''],
])('believes nothing else of STS: %d %s', async (status, body) => {
  answer = { status, body };
  await expect(start().verify(make())).rejects.toMatchObject({ reason: 'Unauthorized' });
});

it.each<[string, string | undefined, string?]>([
  ['arn:aws:sts::123456789012:assumed-role/path/dev/s', 'arn:aws:iam::123456789012:role/path/dev', 's'],
  ['arn:aws-cn:sts::123456789012:assumed-role/dev/s', 'arn:aws-cn:iam::123456789012:role/dev', 's'],
  ['arn:aws:iam::123456789012:user/ann', 'arn:aws:iam::123456789012:user/ann'],
  ['arn:aws:iam::123456789012:root', 'arn:aws:iam::123456789012:root'],
  ['arn:aws:sts::123456789012:federated-user/ann', 'arn:aws:sts::123456789012:federated-user/ann'],
  ['arn:aws:iam::123456789012:policy/x', undefined],
  ['arn:aws:sts::123456789012:assumed-role/dev', undefined],
  ['arn:evil:iam::123456789012:user/ann', undefined],
])('takes %s for %s', (arn, canonical, session) => {
  expect(toCanonicalArn(arn)).toEqual(
    canonical === undefined ? undefined : { arn: canonical, ...(session && { session }) },
  );
});

describe('a mapping', () => {
  it('is read as the ConfigMap aws-auth writes it', () => {
    const mapping = joinMappings([
      toAwsMapping({}),
      toAwsMapping({
        mapRoles: `- rolearn: ${role}\n  username: dev-{{AccountID}}\n  groups: [dev]\n`,
        mapUsers: '- userarn: arn:aws:iam::123456789012:user/ann\n  username: ann\n',
        mapAccounts: '- "210987654321"\n',
      }),
    ]);
    const find = (arn: string, account = '123456789012') => mapping.find({ arn, account, session: 's' });
    expect(find(role)).toEqual({ username: 'dev-123456789012', groups: ['dev'] });
    expect(find('arn:aws:iam::123456789012:user/Ann')).toEqual({ username: 'ann', groups: [] });
    expect(find('arn:aws:iam::210987654321:user/x', '210987654321')).toEqual({
      username: 'arn:aws:iam::210987654321:user/x',
      groups: [],
    });
    expect(find('arn:aws:iam::123456789012:user/bob')).toBeUndefined();
  });

  it.each<[Record<string, unknown>, string]>([
    [{ mapRoles: '{}' }, 'mapRoles: must be a list'],
    [{ mapRoles: [{ rolearn: 'dev' }] }, 'mapRoles[0].rolearn: must be an ARN'],
    [{ mapUsers: [{ userarn: role, groups: 'dev' }] }, 'mapUsers[0].groups: must be a list of texts'],
    [
      { mapRoles: [{ rolearn: role, username: 'system:node:{{EC2PrivateDNSName}}' }] },
      '{{EC2PrivateDNSName}} is not supported',
    ],
  ])('that is wrong is refused: %j', (value, message) => {
    expect(() => toAwsMapping(value)).toThrow(message);
  });
});
