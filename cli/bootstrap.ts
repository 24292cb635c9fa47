import { join } from 'node:path';
import { buffer, json } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { writeFile } from '../functions/node/files.ts';
import { isMap } from '../shared/base/own.ts';
import { type Cluster, download, readCluster } from './cluster.ts';
import { bootstrapFile, readFiles } from './partition.ts';

const usage = `usage: kubeve device bootstrap NAME [flags]

Writes what goes on the config partition of a device: where its controller is and whom it trusts, the onboarding
certificate, and ${bootstrapFile}: its first network settings, signed, for a network where DHCP alone does not do.
The first configuration that the device fetches takes their place.

  -n, --namespace NAME  where the Device is                     (default)
  --output DIR          folder to write to                      (NAME)
  --config DIR          config partition of this installation   (.kubeve/eve)
  --kubeconfig FILE     how to reach the controller             (.kubeve/kubeconfig)
  --secrets-in-clear    lets the settings hold secrets (of WiFi, say) as they are: nothing can be encrypted to a device
                        that has no keys yet
`;

/** `kubeve device bootstrap`. */
export const bootstrap = async (args: readonly string[]): Promise<void> => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      namespace: { type: 'string', short: 'n', default: 'default' },
      output: { type: 'string' },
      config: { type: 'string', default: '.kubeve/eve' },
      kubeconfig: { type: 'string', default: '.kubeve/kubeconfig' },
      'secrets-in-clear': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return void process.stdout.write(usage);
  const [name] = positionals;
  if (name === undefined || positionals.length > 1) throw new Error(`give the name of one Device\n\n${usage}`);
  const files = readFiles(values.config);
  const cluster = readCluster(values.kubeconfig);
  const uuid = await uuidOf(cluster, values.namespace, name);
  const query = values['secrets-in-clear'] ? '?secrets=clear' : '';
  const settings = await settingsOf(cluster, `/edgenode/${uuid}/bootstrap${query}`);
  const output = values.output ?? name;
  for (const [file, content] of Object.entries({ ...files, [bootstrapFile]: settings }))
    writeFile(join(output, file), content);
  process.stdout.write(`${output}/ holds the config partition of ${name}: copy its files to the device's installer.\n`);
};

const settingsOf = async (cluster: Cluster, path: string): Promise<Buffer> => {
  try {
    return await buffer(await download(cluster, path));
  } catch (error) {
    if (error instanceof Error && /in the clear/.test(error.message))
      throw new Error(`${error.message}: --secrets-in-clear`, { cause: error });
    throw error;
  }
};

const uuidOf = async (cluster: Cluster, namespace: string, name: string): Promise<string> => {
  const path = `/apis/eve.lfedge.org/v1beta1/namespaces/${encodeURIComponent(namespace)}/devices/${encodeURIComponent(name)}`;
  const device: unknown = await json(
    await download(cluster, path, `there is no Device ${name} in namespace ${namespace}: say another with -n`),
  );
  const status = isMap(device) && isMap(device['status']) ? device['status'] : {};
  const { uuid } = status;
  if (typeof uuid !== 'string') throw new Error(`Device ${namespace}/${name} has no UUID yet: try again`);
  return uuid;
};
