import { parseArgs } from 'node:util';

export interface Flags {
  /** Folder that holds everything: identities, store, telemetry. */
  readonly data: string;
  readonly host: string;
  readonly port: number;
  /** Further names and addresses that the TLS certificate stands for. */
  readonly san: readonly string[];
  /** CSV file with static bearer tokens. */
  readonly tokenFile?: string;
  /** URLs under which ServiceAccount tokens are issued (the first) and accepted (all). */
  readonly serviceAccountIssuer?: readonly string[];
  /** Audiences of this server. */
  readonly apiAudience?: readonly string[];
  readonly help: boolean;
}

export const usage = `kubeve serve: an EVE controller whose API is the Kubernetes API

  --data DIR         where identities and data are kept        (./.kubeve)
  --host ADDRESS     address to listen on                      (127.0.0.1)
  --port PORT        port to listen on; PORT in the environment is honoured too  (8443)
  --san NAME         further name or address for the TLS certificate; may be repeated.
                     The first one is what devices are told to connect to
  --token-file FILE  static bearer tokens, one a line: token,user,uid,"group1,group2"
  --service-account-issuer URL
                     names this server in ServiceAccount tokens; may be repeated: new tokens carry the
                     first one, those of all are accepted  (https://kubernetes.default.svc.cluster.local)
  --api-audience NAME
                     whom tokens for this server are meant for; may be repeated  (the issuers)
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
      'service-account-issuer': { type: 'string', multiple: true, default: [] },
      'api-audience': { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', default: false },
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
  const { data, host, san, help } = values;
  return {
    data,
    host,
    port,
    san,
    help,
    ...(values['token-file'] ? { tokenFile: values['token-file'] } : {}),
    ...(values['service-account-issuer'].length > 0 ? { serviceAccountIssuer: values['service-account-issuer'] } : {}),
    ...(values['api-audience'].length > 0 ? { apiAudience: values['api-audience'] } : {}),
  };
};

const isIssuer = (text: string): boolean =>
  URL.canParse(text) && text.startsWith('https://') && !/[?#]/.test(text) && new URL(text).username === '';
