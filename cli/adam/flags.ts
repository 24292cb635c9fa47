import { parseArgs } from 'node:util';
import { isEverywhere } from '../../functions/node/flags.ts';
import type { PairFiles, PairNames } from './pairs.ts';

export interface AdamFlags {
  readonly port: number;
  readonly ips: readonly string[];
  /** Whoever reaches the API may do everything: only when each address was named. */
  readonly isOpen: boolean;
  readonly data: string;
  readonly confDir: string;
  /** Names that own TLS certificates stand for. */
  readonly names: readonly string[];
  readonly commonName: string;
  readonly files: Readonly<Record<PairNames, PairFiles>>;
  readonly help: boolean;
}

export const usage = `usage: adam server [flags]

kubeve in the place of lf-edge/adam: the same flags, the same API below /admin.

  --port PORT            (8080)
  --ip ADDRESS           address to listen on; may be repeated  (0.0.0.0)
                         Without one, or with one that means all, /admin demands kubeve's credentials:
                         DIR/kubeconfig of --db-url holds the administrator's
  --db-url DIR           folder for everything that is kept  (./run/adam)
  --conf-dir DIR         where the files for a device's config partition are written  (./run/config)
  --server-cert, --server-key, --signing-cert, --signing-key, --encrypt-cert, --encrypt-key FILE
                         PEM; replaced files are taken over while it runs
                         (run/adam/{server,signing,encrypt}{,-key}.pem when they are there, else own ones are made)
  --cert-cn NAME, --cert-hosts A,B
                         what an own server certificate stands for  (localhost; 127.0.0.1,localhost)

Taken and without effect: --auto-cert, --cert-refresh, --web-dir and the sizes --max-*-size (what devices sent is kept
by time).
`;

/** Reads Adam's command line. Throws an Error whose message is for the user. */
export const parseAdamFlags = (args: readonly string[]): AdamFlags => {
  const { values } = parseArgs({ args: [...args], options });
  const port = Number(values.port);
  if (!/^\d{1,5}$/.test(values.port) || port > 65_535) throw new Error(`--port must be a number, not '${values.port}'`);
  const named = values.ip;
  const files = (name: string, cert: string | undefined, key: string | undefined): PairFiles => ({
    cert: cert ?? `run/adam/${name}.pem`,
    key: key ?? `run/adam/${name}-key.pem`,
    isNamed: cert !== undefined || key !== undefined,
  });
  return {
    port,
    ips: named.length > 0 ? named : ['0.0.0.0'],
    isOpen: named.length > 0 && !named.some(isEverywhere),
    data: toFolder(values['db-url']),
    confDir: values['conf-dir'],
    names: [values['cert-cn'], ...values['cert-hosts'].split(','), ...named].filter(
      name => name !== '' && !isEverywhere(name),
    ),
    commonName: values['cert-cn'],
    files: {
      server: files('server', values['server-cert'], values['server-key']),
      signing: files('signing', values['signing-cert'], values['signing-key']),
      ecdh: files('encrypt', values['encrypt-cert'], values['encrypt-key']),
    },
    help: values.help,
  };
};

const text = { type: 'string' } as const;
const ignored = { type: 'string', default: '' } as const;

const options = {
  port: { type: 'string', default: '8080' },
  ip: { type: 'string', multiple: true, default: [] as string[] },
  'db-url': { type: 'string', default: './run/adam' },
  'conf-dir': { type: 'string', default: './run/config' },
  'server-cert': text,
  'server-key': text,
  'signing-cert': text,
  'signing-key': text,
  'encrypt-cert': text,
  'encrypt-key': text,
  'cert-cn': { type: 'string', default: 'localhost' },
  'cert-hosts': { type: 'string', default: '127.0.0.1,localhost,localhost.localdomain' },
  'auto-cert': { type: 'boolean', default: false },
  'cert-refresh': ignored,
  'web-dir': ignored,
  'max-log-size': ignored,
  'max-info-size': ignored,
  'max-metric-size': ignored,
  'max-requests-size': ignored,
  'max-flow-message-size': ignored,
  'max-app-logs-size': ignored,
  help: { type: 'boolean', default: false },
} as const;

/** Adam's other stores are not there: what is asked for and missing is said, not replaced. */
const toFolder = (url: string): string => {
  const folder = url === 'file' ? './run/adam' : url.replace(/^file:(\/\/)?/, '');
  if (folder === '' || /^[a-z][a-z0-9+.-]*:/i.test(folder))
    throw new Error(`--db-url must be a folder; '${url}' names a store that is not supported`);
  return folder;
};
