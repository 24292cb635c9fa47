import {
  CloudFormationClient,
  ContinueUpdateRollbackCommand,
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  waitUntilChangeSetCreateComplete,
} from '@aws-sdk/client-cloudformation';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ListBucketsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { Cloud } from './cloud.ts';
import { explain } from './explain.ts';

/** The account whose credentials are found as every program of AWS finds them. */
export const openAwsCloud = (region: string): Cloud => {
  const secrets = new SecretsManagerClient({ region });
  const stacks = new CloudFormationClient({ region });
  const objects = new S3Client({ region });
  const tables = new DynamoDBClient({ region });
  return {
    region,
    readSecret: name =>
      ask(`read the secret ${name}`, async () => {
        const found = await unlessMissing(secrets.send(new GetSecretValueCommand({ SecretId: name })));
        return found && { arn: found.ARN ?? '', text: found.SecretString ?? '' };
      }),
    writeSecret: (name, text, description) =>
      ask(`write the secret ${name}`, async () => {
        const put = new PutSecretValueCommand({ SecretId: name, SecretString: text });
        const create = new CreateSecretCommand({ Name: name, SecretString: text, Description: description });
        const { ARN = '' } = (await unlessMissing(secrets.send(put))) ?? (await secrets.send(create));
        return { arn: ARN, text };
      }),
    findStack: name =>
      ask(`see the stack ${name}`, async () => {
        const answer = await unlessMissing(stacks.send(new DescribeStacksCommand({ StackName: name })));
        const stack = answer?.Stacks?.[0];
        if (stack === undefined) return undefined;
        const outputs = (stack.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]);
        const reason = stack.StackStatusReason;
        return { status: stack.StackStatus ?? '', outputs: Object.fromEntries(outputs), ...(reason && { reason }) };
      }),
    createStack: (name, template) =>
      ask(`create the stack ${name}`, async () => {
        await stacks.send(new CreateStackCommand({ StackName: name, TemplateBody: template }));
      }),
    deleteStack: name =>
      ask(`delete the stack ${name}`, async () => {
        await stacks.send(new DeleteStackCommand({ StackName: name }));
      }),
    resumeRollback: name =>
      ask(`resume the stack ${name}`, async () => {
        await stacks.send(new ContinueUpdateRollbackCommand({ StackName: name }));
      }),
    hasTable: name =>
      ask(`see the table ${name}`, async () => {
        const found = await unlessMissing(tables.send(new DescribeTableCommand({ TableName: name })));
        return found !== undefined;
      }),
    findBuckets: prefix =>
      ask('list the buckets', async () => {
        const { Buckets = [] } = await objects.send(new ListBucketsCommand({ Prefix: prefix, BucketRegion: region }));
        return Buckets.flatMap(({ Name }) => (Name?.startsWith(prefix) ? [Name] : []));
      }),
    importStack: (name, template, resources) =>
      ask(`make the stack ${name} of what is there`, async () => {
        const set = { StackName: name, ChangeSetName: 'adopt' };
        const ResourcesToImport = resources.map(({ type, id, identifier }) => ({
          ResourceType: type,
          LogicalResourceId: id,
          ResourceIdentifier: identifier,
        }));
        const create = { ...set, ChangeSetType: 'IMPORT' as const, TemplateBody: template, ResourcesToImport };
        await stacks.send(new CreateChangeSetCommand(create));
        await waitUntilChangeSetCreateComplete({ client: stacks, maxWaitTime: 300, minDelay: 2 }, set);
        await stacks.send(new ExecuteChangeSetCommand(set));
      }),
    putObject: (bucket, key, text) =>
      ask(`write to the bucket ${bucket}`, async () => {
        const body = { Body: text, ContentType: 'application/x-pem-file' };
        await objects.send(new PutObjectCommand({ Bucket: bucket, Key: key, ...body }));
      }),
  };
};

const ask = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw explain(what, error);
  }
};

/** CloudFormation has no error of its own for a stack that does not exist. */
const unlessMissing = async <T>(answer: Promise<T>): Promise<T | undefined> => {
  try {
    return await answer;
  } catch (error) {
    const isMissing =
      error instanceof Error &&
      (error.name === 'ResourceNotFoundException' ||
        (error.name === 'ValidationError' && / does not exist$/.test(error.message)));
    if (isMissing) return undefined;
    throw error;
  }
};
