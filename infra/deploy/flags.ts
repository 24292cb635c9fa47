import { parseArgs } from 'node:util';

export interface DeployFlags {
  readonly stage: string;
  readonly region: string | undefined;
  /** Undefined: what the stack serves already, at first `main`. */
  readonly tenant: string | undefined;
  /** YAML file with tenants that are served beside it. */
  readonly tenants: string | undefined;
  /** Tenants that shall not be served any longer. */
  readonly without: readonly string[];
  readonly domain: string;
  readonly domainCertificate: string;
  readonly deviceDomain: string;
  readonly deviceDomainCertificate: string;
  readonly zone: string;
  readonly alarmEmail: string;
  /** `domain` asks every client for a certificate. */
  readonly mtls: boolean;
  /** The bucket that an earlier stack of this name left, where it cannot be found by its name. */
  readonly bucket: string | undefined;
  /** The pki folder of an installation that moves here. */
  readonly pki: string | undefined;
  /** Backups to begin with, by the names of tenants; undefined: the stack's own. */
  readonly restore: readonly { readonly tenant: string | undefined; readonly path: string }[];
  /** YAML file with an audit policy. */
  readonly auditPolicy: string | undefined;
  /** Serves Adam's API. */
  readonly adamApi: boolean;
  readonly adamNamespace: string;
  readonly help: boolean;
}

export const usage = `usage: npm run deploy -- [flags]

Deploys kubeve to the AWS account whose credentials the environment has, or brings what is there up to date. When it
broke off, run it again.

  --stage NAME            name of this installation in the account           (prod)
  --region REGION         (AWS_REGION, else eu-central-1)
  --tenant NAME           prefix of all keys in the table; another one is another, empty installation
                          (what the stack serves, at first main)
  --tenants FILE          further tenants behind the same doors, as kubeve serve takes them (docs/tenants.md)
  --without-tenant NAME   a tenant that is in the list no more shall not be served any longer; may be repeated.
                          What is stored of it stays
  --domain HOST           host name of the Kubernetes API  (a name of AWS)
  --domain-certificate ARN         its certificate in ACM, in the same region
  --device-domain HOST    host name that devices are told
  --device-domain-certificate ARN  its certificate in ACM, in the same region
  --zone ID               Route 53 zone that gets the records of these names
  --mtls                  clients of --domain need a certificate of this installation's client authority
  --alarm-email ADDRESS   who is told of alarms
  --pki DIR               identities of an installation that moves here (its pki folder); at the first deployment
  --restore FILE          begin with what kubeve backup wrote, identities included; in a stack that serves nobody yet.
                          --restore NAME=FILE: a tenant that is served for the first time; may be repeated
  --bucket NAME           bucket of an earlier installation of this stage, when its table is there and several may be its
  --audit-policy FILE     which requests to the Kubernetes API are recorded in the log of the function, and how much of them
                          (audit.k8s.io/v1 Policy)
  --adam-api              serve the API of lf-edge/adam below /admin, to whom kubeve's credentials allow it
  --adam-namespace NAME   where its devices are  (default)
  --help                  this text
`;

/** Reads the command line. Throws an Error whose message is for the user. */
export const parseDeployFlags = (args: readonly string[]): DeployFlags => {
  const text = { type: 'string', default: '' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      stage: { type: 'string', default: 'prod' },
      region: { type: 'string' },
      tenant: { type: 'string' },
      tenants: { type: 'string' },
      'without-tenant': { type: 'string', multiple: true, default: [] },
      domain: text,
      'domain-certificate': text,
      'device-domain': text,
      'device-domain-certificate': text,
      zone: text,
      mtls: { type: 'boolean', default: false },
      'alarm-email': text,
      bucket: { type: 'string' },
      pki: { type: 'string' },
      restore: { type: 'string', multiple: true, default: [] },
      'audit-policy': { type: 'string' },
      'adam-api': { type: 'boolean', default: false },
      'adam-namespace': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  for (const flag of ['stage', 'tenant'] as const)
    if (!/^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$/.test(values[flag] ?? 'main'))
      throw new Error(
        `--${flag} must be a name of up to 32 lower-case letters, digits and dashes, not '${values[flag]}'`,
      );
  for (const flag of ['domain', 'device-domain'] as const) {
    const name = values[flag];
    if (name !== '' && !/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/.test(name))
      throw new Error(`--${flag} must be a host name, not '${name}'`);
    if ((name === '') !== (values[`${flag}-certificate`] === ''))
      throw new Error(`--${flag} and --${flag}-certificate belong together`);
  }
  if (values.domain !== '' && values.domain === values['device-domain'])
    throw new Error('--domain and --device-domain must be two names');
  if (!/^([^\s@]+@[^\s@]+)?$/.test(values['alarm-email']))
    throw new Error(`--alarm-email must be an address such as you@example.org, not '${values['alarm-email']}'`);
  if (values.mtls && values.domain === '') throw new Error('--mtls needs a --domain');
  if (values['adam-namespace'] !== undefined && !values['adam-api'])
    throw new Error('--adam-namespace needs --adam-api');
  const { stage, region, tenant, tenants, domain, zone, mtls, bucket, pki, help } = values;
  return {
    stage,
    region,
    tenant,
    tenants,
    without: values['without-tenant'],
    domain,
    zone,
    mtls,
    bucket,
    pki,
    help,
    restore: values.restore.map(toRestore),
    domainCertificate: values['domain-certificate'],
    deviceDomain: values['device-domain'],
    deviceDomainCertificate: values['device-domain-certificate'],
    alarmEmail: values['alarm-email'],
    auditPolicy: values['audit-policy'],
    adamApi: values['adam-api'],
    adamNamespace: values['adam-namespace'] ?? 'default',
  };
};

/** `FILE`, or `NAME=FILE` for a tenant. */
const toRestore = (text: string): DeployFlags['restore'][number] => {
  const [, tenant, path = text] = /^([a-z0-9-]+)=(.+)$/.exec(text) ?? [];
  return { tenant, path };
};
