import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { readPartition } from './partition.ts';

const usage = `usage: kubeve onboard NAME [flags] | kubectl apply -f -

Prints a Device that may register with this installation's onboarding certificate and its serial; without a serial an
OnboardCertificate, with which any device that has the certificate may register.

  --serial SERIAL       serial number of the device
  -n, --namespace NAME  where it goes                           (default)
  --config DIR          config partition with the certificate   (.kubeve/eve)
`;

/** `kubeve onboard`. */
export const onboard = (args: readonly string[]): void => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      serial: { type: 'string' },
      namespace: { type: 'string', short: 'n', default: 'default' },
      config: { type: 'string', default: '.kubeve/eve' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const [name] = positionals;
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  if (name === undefined || positionals.length > 1) throw new Error(`give one name\n\n${usage}`);
  const { onboard: key } = readPartition(values.config);
  if (!key) throw new Error(`${values.config} holds no onboarding certificate`);
  const certificate = Buffer.from(key.pem).toString('base64');
  process.stdout.write(stringify(toManifest(name, values.namespace, certificate, values.serial), { lineWidth: 0 }));
};

const toManifest = (name: string, namespace: string, certificate: string, serial: string | undefined) => ({
  apiVersion: 'eve.lfedge.org/v1beta1',
  kind: serial === undefined ? 'OnboardCertificate' : 'Device',
  metadata: { name, namespace },
  spec: serial === undefined ? { certificate } : { serial, onboard: certificate },
});
