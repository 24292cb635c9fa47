import type { Cloud, Imported, Stack } from '../../infra/deploy/cloud.ts';

/** What is looked at of the file that `deploy` writes for tenants. */
interface Fragment {
  readonly resources: {
    readonly Outputs?: Readonly<Record<string, { readonly Value: { readonly 'Fn::Sub': string } }>>;
  };
}

/** An account in memory, which can break off at any step: what no account does on demand. */
export interface TestCloud extends Cloud {
  readonly secrets: Map<string, string>;
  readonly objects: Map<string, string>;
  stack: Stack | undefined;
  /** What an earlier stack left. */
  tables: string[];
  buckets: string[];
  /** What the stack took over. */
  imported: readonly Imported[];
  /** Parameters of each deployment that ended well. */
  readonly deployed: Readonly<Record<string, string>>[];
  /** How many secrets were written. */
  writes: number;
  /** What was asked for, in order. */
  readonly steps: string[];
  /** The step that breaks off, once; steps before it have happened. */
  failAt: number | undefined;
  step(name: string): Promise<void>;
  /** What was written into the repository, by path. */
  readonly files: Map<string, string>;
  write(path: string, text: string): void;
  deployStack(stage: string, region: string, params: Readonly<Record<string, string>>): Promise<void>;
}

export const createTestCloud = (): TestCloud => {
  const kubeUrl = 'https://kube.example/';
  let outputs: Readonly<Record<string, string>> = {};
  const cloud: TestCloud = {
    region: 'eu-central-1',
    secrets: new Map(),
    objects: new Map(),
    stack: undefined,
    tables: [],
    buckets: [],
    imported: [],
    deployed: [],
    files: new Map(),
    writes: 0,
    steps: [],
    failAt: undefined,
    async step(name) {
      const at = cloud.steps.push(name) - 1;
      if (at !== cloud.failAt) return;
      cloud.failAt = undefined;
      // A creation that breaks off leaves a stack that can only be deleted.
      if (name === 'deploy')
        cloud.stack = cloud.stack
          ? { status: 'UPDATE_ROLLBACK_FAILED', outputs }
          : { status: 'ROLLBACK_COMPLETE', outputs: {} };
      throw new Error('broke off');
    },
    write: (path, text) => void cloud.files.set(path, text),
    async readSecret(name) {
      await cloud.step(`read ${name}`);
      const text = cloud.secrets.get(name);
      return text === undefined ? undefined : { arn: `arn:${name}`, text };
    },
    async writeSecret(name, text) {
      await cloud.step(`write ${name}`);
      cloud.writes += 1;
      cloud.secrets.set(name, text);
      return { arn: `arn:${name}`, text };
    },
    async findStack(name) {
      await cloud.step('find');
      if (name !== 'kubeve-prod') return undefined;
      const { stack } = cloud;
      // What is in progress is over when it is looked at again.
      if (stack?.status === 'DELETE_IN_PROGRESS') cloud.stack = undefined;
      else if (stack?.status === 'IMPORT_IN_PROGRESS') cloud.stack = { ...stack, status: 'IMPORT_COMPLETE' };
      else if (stack?.status === 'REVIEW_IN_PROGRESS') return stack;
      else if (stack?.status.endsWith('_IN_PROGRESS')) cloud.stack = { ...stack, status: 'UPDATE_COMPLETE' };
      return stack;
    },
    async createStack() {
      await cloud.step('create');
      outputs = { TableName: 'kubeve-prod', BucketName: 'bucket-1' };
      // It is over when it is looked at again.
      cloud.stack = { status: 'CREATE_IN_PROGRESS', outputs };
    },
    async deleteStack() {
      await cloud.step('delete');
      cloud.stack = { status: 'DELETE_IN_PROGRESS', outputs: {} };
    },
    async resumeRollback() {
      await cloud.step('resume');
      cloud.stack = { status: 'UPDATE_ROLLBACK_IN_PROGRESS', outputs };
    },
    async hasTable(name) {
      await cloud.step('table');
      return cloud.tables.includes(name);
    },
    async findBuckets(prefix) {
      await cloud.step('buckets');
      return cloud.buckets.filter(name => name.startsWith(prefix));
    },
    async importStack(_name, _template, resources) {
      cloud.stack = { status: 'REVIEW_IN_PROGRESS', outputs: {} };
      await cloud.step('import');
      cloud.imported = resources;
      cloud.stack = { status: 'IMPORT_IN_PROGRESS', outputs: {} };
    },
    async putObject(bucket, key, text) {
      await cloud.step('put');
      cloud.objects.set(`${bucket}/${key}`, text);
    },
    async deployStack(_stage, _region, params) {
      await cloud.step('deploy');
      if (cloud.tables.length > 0 && cloud.imported.length === 0) throw new Error('kubeve-prod already exists');
      cloud.deployed.push(params);
      const fragment: Fragment = JSON.parse(cloud.files.get(params['tenants'] ?? '') ?? '{"resources":{}}');
      const ofTenants = Object.entries(fragment.resources.Outputs ?? {}).map(([key, output]) => [
        key,
        output.Value['Fn::Sub'].replace(`\${KubeLambdaFunctionUrl.FunctionUrl}`, kubeUrl),
      ]);
      outputs = {
        KubeUrl: kubeUrl,
        DeviceUrl: 'https://device.example/',
        TableName: 'kubeve-prod',
        BucketName: 'bucket-1',
        Tenant: params['tenant'] ?? 'main',
        ...Object.fromEntries(ofTenants),
      };
      cloud.stack = { status: 'CREATE_COMPLETE', outputs };
    },
  };
  return cloud;
};
