import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Conditions: Readonly<Record<string, unknown>>;
  readonly Outputs: Readonly<Record<string, { readonly Value: unknown }>>;
}

export interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly DeletionPolicy?: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever CloudFormation has; the tests compare it
  readonly Properties: any;
}

export interface Packaged {
  readonly template: Template;
  /** The template's text. */
  readonly text: string;
}

const root = new URL('../..', import.meta.url).pathname;
const bin = join(dirname(createRequire(import.meta.url).resolve('osls/package.json')), 'bin/serverless.js');

/** The template that serverless.yml makes, without an account, and without a network that answers. */
export const packageStack = (
  params: Readonly<Record<string, string>> = {},
  files: Readonly<Record<string, string>> = {},
): Packaged => {
  const dir = mkdtempSync(join(tmpdir(), 'kubeve-stack-'));
  try {
    cpSync(join(root, 'serverless.yml'), join(dir, 'serverless.yml'));
    cpSync(join(root, 'infra'), join(dir, 'infra'), { recursive: true, filter: path => !/\.(ts|js)$/.test(path) });
    // The template is the same whatever is in the bundles.
    mkdirSync(join(dir, '.build/lambda'), { recursive: true });
    for (const name of ['kube', 'device', 'compose', 'sweep'])
      writeFileSync(join(dir, `.build/lambda/${name}.mjs`), 'export const handler = () => {};\n');
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(dir, path)), { recursive: true });
      writeFileSync(join(dir, path), text);
    }
    const given = Object.entries(params).flatMap(([name, value]) => ['--param', `${name}=${value}`]);
    const { status, stdout, stderr } = spawnSync(process.execPath, [bin, 'package', '--stage', 'test', ...given], {
      cwd: dir,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: dir, HTTPS_PROXY: 'http://127.0.0.1:1', AWS_EC2_METADATA_DISABLED: 'true' },
    });
    if (status !== 0) throw new Error(`osls package failed:\n${stdout}${stderr}`);
    const text = readFileSync(join(dir, '.serverless/cloudformation-template-update-stack.json'), 'utf8');
    return { text, template: JSON.parse(text) as Template }; // written by osls, which checks it
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
};

/** Every optional part. */
export const everything: Readonly<Record<string, string>> = {
  domain: 'kube.example.org',
  domainCertificate: 'arn:aws:acm:eu-central-1:000000000000:certificate/00000000-0000-4000-8000-000000000001',
  deviceDomain: 'eve.example.org',
  deviceDomainCertificate: 'arn:aws:acm:eu-central-1:000000000000:certificate/00000000-0000-4000-8000-000000000002',
  zone: 'Z0000000000000000000',
  truststore: 's3://bucket/truststore/0123456789abcdef.pem',
  alarmEmail: 'somebody@example.org',
};
