import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/**
 * A template with the table and the bucket alone, as `infra/store.yml` has them: the deployment adds the rest. What takes over what
 * is there already may have no outputs.
 */
export const toStoreTemplate = (stack: string, { hasOutputs }: { readonly hasOutputs: boolean }): string => {
  const text = readFileSync(new URL('../store.yml', import.meta.url), 'utf8');
  // Its other resources speak of these in CloudFormation's own tags.
  const { Table, Bucket } = parse(text, { logLevel: 'silent' }).Resources;
  const named = { ...Table, Properties: { ...Table.Properties, TableName: stack } };
  const Outputs = { TableName: { Value: { Ref: 'Table' } }, BucketName: { Value: { Ref: 'Bucket' } } };
  return JSON.stringify({
    AWSTemplateFormatVersion: '2010-09-09',
    Resources: { Table: named, Bucket },
    ...(hasOutputs && { Outputs }),
  });
};
