import { parseArgs } from 'node:util';
import { knownAlgorithms } from '../../shared/kube/access/oidc/algorithms.ts';
import type { AccessFlags } from '../accessflags.ts';
import type { CloudSettings } from '../cloud.ts';
import { requireTenantName } from '../tenants/name.ts';

export interface Flags extends AccessFlags {
  /** Folder that holds everything: identities, store, telemetry. */
  readonly data: string;
  readonly host: string;
  readonly port: number;
  /** Further names and addresses that the TLS certificate stands for. */
  readonly san: readonly string[];
  /** YAML file with an audit policy; without it nothing is recorded. */
  readonly auditPolicy?: string;
  /** File that the records go to; `-` for standard output. */
  readonly auditLog?: string;
  /** Serves devices that speak version 1 of their API: known by their client certificates. */
  readonly deviceApiV1?: boolean;
  /** Serves Adam's API: to whom kubeve's credentials allow it, or to whoever reaches it. */
  readonly adamApi?: 'guarded' | 'open';
  /** Where Adam's devices and certificates are. */
  readonly adamNamespace?: string;
  /** Table and bucket that objects and telemetry are kept in, instead of the data folder. */
  readonly cloud?: CloudSettings;
  /** Secrets Manager secret that holds the identity, instead of the data folder. */
  readonly identitySecret?: string;
  /** YAML file with tenants that are served beside this one. */
  readonly tenants?: string;
  /** Speaks HTTP without TLS: somebody else ends it before. */
  readonly plainHttp?: boolean;
  readonly help: boolean;
}

export const usage = `kubeve serve: an EVE controller whose API is the Kubernetes API

  --data DIR         where identities and data are kept        (./.kubeve)
  --host ADDRESS     address to listen on                      (127.0.0.1)
  --port PORT        port to listen on; PORT in the environment is honoured too  (8443)
  --san NAME         further name or address for the TLS certificate; may be repeated.
                     The first one is what devices are told to connect to
  --token-file FILE  static bearer tokens, one a line: token,user,uid,"group1,group2"
  --client-ca-file FILE
                     further authorities whose client certificates are accepted, in PEM
  --service-account-issuer URL
                     names this server in ServiceAccount tokens; may be repeated: new tokens carry the
                     first one, those of all are accepted  (https://kubernetes.default.svc.cluster.local)
  --api-audience NAME
                     whom tokens for this server are meant for; may be repeated  (the issuers)
  --authentication-config FILE
                     OpenID Connect issuers and anonymous access
                     (apiserver.config.k8s.io/v1 AuthenticationConfiguration)
  --oidc-signing-alg NAME
                     what these issuers may sign with; may be repeated  (RS256)
  --aws-iam-config FILE
                     lets AWS identities in: clusterID, regions, mapRoles, mapUsers, mapAccounts, and
                     configMap: true to read kube-system/aws-auth too
  --audit-policy FILE  which requests are recorded and how much of them (audit.k8s.io/v1 Policy)
  --audit-log FILE     where they are recorded, one JSON object a line; - for standard output
                       (audit.log in the data folder)
  --device-api-v1    serve old devices that speak version 1 of the device API over client certificates
  --adam-api         serve the API of lf-edge/adam below /admin, to whom kubeve's credentials allow it
  --adam-api-open    the same for whoever reaches it; only when --host is a loopback or another single address
  --adam-namespace NAME
                     where the devices of that API are         (default)
  --store KIND       sqlite, in the data folder, or dynamodb: a table and a bucket that any number of processes
                     may share (sqlite)
  --table NAME       DynamoDB table
  --bucket NAME      S3 bucket
  --tenant NAME      prefix of all keys in both                (main)
  --tenants FILE     further tenants behind the same doors: each with a name, host names, ways to let people in (YAML)
  --region NAME      region of table, bucket and secret        (AWS_REGION)
  --dynamodb-endpoint URL, --s3-endpoint URL
                     servers that are not AWS's
  --identity SECRET  Secrets Manager secret with keys and certificates, as npm run deploy makes it; needs --plain-http
  --plain-http       speak HTTP: TLS ends at a proxy or load balancer, and client certificates are not seen
                     These are honoured in the environment too: KUBEVE_STORE, KUBEVE_TABLE, KUBEVE_BUCKET,
                     KUBEVE_TENANT, KUBEVE_TENANTS_FILE, KUBEVE_IDENTITY, KUBEVE_PLAIN_HTTP=true,
                     AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL_S3; AWS_LAMBDA_HTTP_ENDPOINT says where to listen, in plain HTTP
  --help             this text
`;

/** Reads the command line. Throws an Error whose message is for the user. */
export const parseFlags = (args: readonly string[], env: Readonly<Record<string, string | undefined>>): Flags => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: 'string', default: '.kubeve' },
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: env.PORT || '8443' },
      san: { type: 'string', multiple: true, default: [] },
      'token-file': { type: 'string' },
      'client-ca-file': { type: 'string' },
      'service-account-issuer': { type: 'string', multiple: true, default: [] },
      'api-audience': { type: 'string', multiple: true, default: [] },
      'authentication-config': { type: 'string' },
      'oidc-signing-alg': { type: 'string', multiple: true, default: [] },
      'aws-iam-config': { type: 'string' },
      'audit-policy': { type: 'string' },
      'audit-log': { type: 'string' },
      'device-api-v1': { type: 'boolean', default: false },
      'adam-api': { type: 'boolean', default: false },
      'adam-api-open': { type: 'boolean', default: false },
      'adam-namespace': { type: 'string' },
      store: { type: 'string', default: env.KUBEVE_STORE || 'sqlite' },
      table: { type: 'string', default: env.KUBEVE_TABLE || '' },
      bucket: { type: 'string', default: env.KUBEVE_BUCKET || '' },
      tenant: { type: 'string', default: env.KUBEVE_TENANT || 'main' },
      tenants: { type: 'string', default: env.KUBEVE_TENANTS_FILE || '' },
      region: { type: 'string', default: env.AWS_REGION || env.AWS_DEFAULT_REGION || '' },
      'dynamodb-endpoint': { type: 'string', default: env.AWS_ENDPOINT_URL_DYNAMODB || '' },
      's3-endpoint': { type: 'string', default: env.AWS_ENDPOINT_URL_S3 || '' },
      identity: { type: 'string', default: env.KUBEVE_IDENTITY || '' },
      'plain-http': { type: 'boolean', default: env.KUBEVE_PLAIN_HTTP === 'true' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const port = Number(values.port);
  if (!/^\d{1,5}$/.test(values.port) || port > 65_535)
    throw new Error(`--port must be a number from 0 to 65535, not '${values.port}'`);
  for (const name of values.san)
    if (!/^[0-9A-Za-z.:*_-]{1,253}$/.test(name))
      throw new Error(`--san must be a host name or an address, not '${name}'`);
  for (const issuer of values['service-account-issuer'])
    if (!isIssuer(issuer)) throw new Error(`--service-account-issuer must be an https URL, not '${issuer}'`);
  for (const name of values['oidc-signing-alg'])
    if (!knownAlgorithms.includes(name))
      throw new Error(`--oidc-signing-alg must be one of ${knownAlgorithms.join(', ')}, not '${name}'`);
  if (values['audit-log'] && !values['audit-policy']) throw new Error('--audit-log needs an --audit-policy');
  if (values['adam-api-open'] && isEverywhere(values.host))
    throw new Error('--adam-api-open needs a loopback or another single address in --host');
  const { data, san, help } = values;
  const given = fromEndpoint(env.AWS_LAMBDA_HTTP_ENDPOINT);
  const plainHttp = values['plain-http'] || given !== undefined;
  if (values.identity && !plainHttp)
    throw new Error('--identity needs --plain-http: the key of the TLS certificate is not in the secret');
  const cloud = toCloud(values);
  return {
    data,
    host: given?.host ?? values.host,
    port: given?.port ?? port,
    san,
    help,
    ...(cloud && { cloud }),
    ...(values.identity && { identitySecret: values.identity }),
    ...(values.tenants && { tenants: values.tenants }),
    ...(plainHttp && { plainHttp }),
    ...(values['adam-api-open'] ? { adamApi: 'open' } : values['adam-api'] ? { adamApi: 'guarded' } : {}),
    ...(values['device-api-v1'] ? { deviceApiV1: true } : {}),
    ...(values['adam-namespace'] ? { adamNamespace: values['adam-namespace'] } : {}),
    ...(values['token-file'] ? { tokenFile: values['token-file'] } : {}),
    ...(values['client-ca-file'] ? { clientCaFile: values['client-ca-file'] } : {}),
    ...(values['authentication-config'] ? { authenticationConfig: values['authentication-config'] } : {}),
    ...(values['oidc-signing-alg'].length > 0 ? { oidcSigningAlg: values['oidc-signing-alg'] } : {}),
    ...(values['aws-iam-config'] ? { awsIamConfig: values['aws-iam-config'] } : {}),
    ...(values['audit-policy'] ? { auditPolicy: values['audit-policy'] } : {}),
    ...(values['audit-log'] ? { auditLog: values['audit-log'] } : {}),
    ...(values['service-account-issuer'].length > 0 ? { serviceAccountIssuer: values['service-account-issuer'] } : {}),
    ...(values['api-audience'].length > 0 ? { apiAudience: values['api-audience'] } : {}),
  };
};

interface CloudFlags {
  readonly store: string;
  readonly table: string;
  readonly bucket: string;
  readonly tenant: string;
  readonly region: string;
  readonly 'dynamodb-endpoint': string;
  readonly 's3-endpoint': string;
}

const toCloud = (flags: CloudFlags): CloudSettings | undefined => {
  const { store, table, bucket, tenant, region } = flags;
  const [tableEndpoint, bucketEndpoint] = [flags['dynamodb-endpoint'], flags['s3-endpoint']];
  if (store === 'sqlite') {
    // Whoever names a table and forgets the store would fill a folder and believe it to be the table.
    const named = table !== '' ? '--table' : bucket !== '' ? '--bucket' : undefined;
    if (named) throw new Error(`${named} needs --store dynamodb: without it objects are kept in the data folder`);
    return undefined;
  }
  if (store !== 'dynamodb') throw new Error(`--store must be sqlite or dynamodb, not '${store}'`);
  if (table === '') throw new Error('--store dynamodb needs a --table');
  if (bucket === '') throw new Error('--store dynamodb needs a --bucket');
  if (region === '') throw new Error('--store dynamodb needs a --region');
  requireTenantName('--tenant', tenant);
  for (const url of [tableEndpoint, bucketEndpoint])
    if (url !== '' && !URL.canParse(url)) throw new Error(`an endpoint must be a URL, not '${url}'`);
  const endpoints = { ...(tableEndpoint && { tableEndpoint }), ...(bucketEndpoint && { bucketEndpoint }) };
  return { table, bucket, tenant, region, ...endpoints };
};

/** `http://host:port`, `host:port` or a port, as a platform says where it expects us. */
const fromEndpoint = (text = ''): { host: string; port: number } | undefined => {
  if (text === '') return undefined;
  const [, host = '127.0.0.1', port = ''] = /^(?:https?:\/\/)?(?:(\[[^\]]+\]|[^:/]+):)?(\d{1,5})\/?$/.exec(text) ?? [];
  if (port === '') throw new Error(`AWS_LAMBDA_HTTP_ENDPOINT must be an address with a port, not '${text}'`);
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
};

/** Whether listening there means listening on all addresses. */
export const isEverywhere = (host: string): boolean => /^(::ffff:)?[0:.]*$/i.test(host);

const isIssuer = (text: string): boolean =>
  URL.canParse(text) && text.startsWith('https://') && !/[?#]/.test(text) && new URL(text).username === '';
