import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openAwsCloud } from '../../../infra/deploy/awscloud.ts';

/** Answers that AWS gives: [status, error or body], by operation. */
let answers: Record<string, (input: string) => [status: number, body: string]>;
let asked: string[];
let server: Server;
beforeEach(async () => {
  answers = {};
  asked = [];
  server = createServer({ keepAliveTimeout: 300_000 }, async (request, response) => {
    const body = await text(request);
    const operation =
      /Action=(\w+)/.exec(body)?.[1] ??
      String(request.headers['x-amz-target'] ?? request.method)
        .split('.')
        .pop();
    asked.push(`${operation} ${body}`);
    const [status, answer] = answers[operation ?? '']?.(body) ?? [500, ''];
    response.writeHead(status, { 'content-type': 'text/xml' }).end(answer);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`); // listening on TCP
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  vi.stubEnv('AWS_MAX_ATTEMPTS', '1');
});
afterEach(() => {
  vi.unstubAllEnvs();
  server.close();
});
const open = () => openAwsCloud('eu-central-1');
const error = (name: string, message: string): [number, string] => [400, JSON.stringify({ __type: name, message })];
const xmlError = (code: string, message: string): [number, string] => [
  400,
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
];

describe('the account', () => {
  it('reads a secret, and says when there is none', async () => {
    answers['GetSecretValue'] = input =>
      input.includes('there')
        ? [200, '{"ARN":"arn:x","SecretString":"text"}']
        : error('ResourceNotFoundException', 'no');
    expect(await open().readSecret('there')).toEqual({ arn: 'arn:x', text: 'text' });
    expect(await open().readSecret('missing')).toBeUndefined();
  });

  it('makes a secret that is not there, and changes one that is', async () => {
    answers['PutSecretValue'] = input =>
      input.includes('old') ? [200, '{"ARN":"arn:old"}'] : error('ResourceNotFoundException', 'no');
    answers['CreateSecret'] = () => [200, '{"ARN":"arn:new"}'];
    expect(await open().writeSecret('old', 'text', 'what')).toEqual({ arn: 'arn:old', text: 'text' });
    expect(await open().writeSecret('new', 'text', 'what')).toEqual({ arn: 'arn:new', text: 'text' });
    expect(asked.map(one => one.split(' ')[0])).toEqual(['PutSecretValue', 'PutSecretValue', 'CreateSecret']);
  });

  it('sees a stack with its outputs, and says when there is none', async () => {
    const output = '<member><OutputKey>KubeUrl</OutputKey><OutputValue>https://x/</OutputValue></member>';
    const stack = `<StackName>s</StackName><StackStatus>UPDATE_COMPLETE</StackStatus><Outputs>${output}</Outputs>`;
    answers['DescribeStacks'] = input =>
      input.includes('StackName=there')
        ? [
            200,
            `<DescribeStacksResponse><DescribeStacksResult><Stacks><member>${stack}</member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
          ]
        : xmlError('ValidationError', 'Stack with id missing does not exist');
    expect(await open().findStack('there')).toEqual({ status: 'UPDATE_COMPLETE', outputs: { KubeUrl: 'https://x/' } });
    expect(await open().findStack('missing')).toBeUndefined();
  });

  it('creates, deletes and resumes stacks, and writes objects', async () => {
    answers['CreateStack'] = () => [200, '<CreateStackResponse/>'];
    answers['DeleteStack'] = () => [200, '<DeleteStackResponse/>'];
    answers['ContinueUpdateRollback'] = () => [200, '<ContinueUpdateRollbackResponse/>'];
    answers['PUT'] = () => [200, ''];
    await open().createStack('s', '{"Resources":{}}');
    expect(asked.splice(0).join()).toMatch(/^CreateStack .*StackName=s&TemplateBody=%7B%22Resources%22/);
    await open().deleteStack('s');
    await open().resumeRollback('s');
    await open().putObject('bucket', 'truststore/a.pem', 'PEM');
    expect(asked.map(one => one.split(' ')[0])).toEqual(['DeleteStack', 'ContinueUpdateRollback', 'PUT']);
  });

  it('sees what an earlier stack left, and makes a stack of it', async () => {
    answers['DescribeTable'] = input =>
      input.includes('there') ? [200, '{"Table":{}}'] : error('ResourceNotFoundException', 'no');
    expect([await open().hasTable('there'), await open().hasTable('missing')]).toEqual([true, false]);
    const names = ['kubeve-prod-bucket-1', 'other'].map(name => `<Bucket><Name>${name}</Name></Bucket>`).join('');
    answers['GET'] = () => [200, `<ListAllMyBucketsResult><Buckets>${names}</Buckets></ListAllMyBucketsResult>`];
    expect(await open().findBuckets('kubeve-prod-bucket-')).toEqual(['kubeve-prod-bucket-1']);
    answers['CreateChangeSet'] = () => [200, '<CreateChangeSetResponse/>'];
    answers['DescribeChangeSet'] = () => [
      200,
      '<DescribeChangeSetResponse><DescribeChangeSetResult><Status>CREATE_COMPLETE</Status></DescribeChangeSetResult></DescribeChangeSetResponse>',
    ];
    answers['ExecuteChangeSet'] = () => [200, '<ExecuteChangeSetResponse/>'];
    asked = [];
    const table = { type: 'AWS::DynamoDB::Table', id: 'Table', identifier: { TableName: 't' } };
    await open().importStack('s', '{}', [table]);
    expect(asked.map(one => one.split(' ')[0])).toEqual(['CreateChangeSet', 'DescribeChangeSet', 'ExecuteChangeSet']);
    const [created = ''] = asked;
    for (const part of [
      'ChangeSetType=IMPORT',
      'ResourcesToImport.member.1.LogicalResourceId=Table',
      'ResourceIdentifier.entry.1.key=TableName',
      'ResourceIdentifier.entry.1.value=t',
    ])
      expect(created).toContain(part);
  });

  it.each([
    ['ExpiredTokenException', 'The security token included in the request is expired', /have expired: log in again/],
    ['UnrecognizedClientException', 'The security token is invalid', /does not know the credentials/],
    ['AccessDeniedException', 'User: x is not authorized to perform: y', /do not allow it/],
    ['InvalidRequestException', 'because it was marked for deletion', /restore-secret brings it back/],
    ['ThrottlingException', 'Rate exceeded', /asks to wait/],
    ['StrangeException', 'Something else', /cannot read the secret s: Something else \(StrangeException\)/],
  ])('says what to do about %s', async (name, message, expected) => {
    answers['GetSecretValue'] = () => error(name, message);
    await expect(open().readSecret('s')).rejects.toThrow(expected);
  });

  it('says that it cannot be reached, and that there are no credentials', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:1');
    await expect(open().readSecret('s')).rejects.toThrow(/cannot be reached/);
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(name, undefined);
    for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) vi.stubEnv(name, '/nowhere');
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    await expect(open().readSecret('s')).rejects.toThrow(/there are no AWS credentials/);
  });
});
