import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { toDeviceModel } from './modelfile.ts';
import { reasonOf } from './reason.ts';

const usage = `usage: kubeve model import FILE… [flags] | kubectl apply -f -

Prints a DeviceModel for each of EVE's own hardware model files, as lf-edge/eden keeps them in models/ and as EVE's
spec.sh writes them.

  --name NAME    name of the DeviceModel, for a single file   (from the name of the file)
`;

/** `kubeve model import`. */
export const model = (args: readonly string[]): void => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { name: { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } },
  });
  const [verb, ...files] = positionals;
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  if (verb !== 'import' || files.length === 0) throw new Error(`give a file\n\n${usage}`);
  if (values.name !== undefined && files.length > 1) throw new Error('--name is for a single file');
  const documents = files.map(file => {
    const text = read(file);
    try {
      return stringify(toDeviceModel(text, values.name ?? nameOf(file)), { lineWidth: 0 });
    } catch (error) {
      throw new Error(`${file}: ${error instanceof Error ? error.message : error}`);
    }
  });
  process.stdout.write(documents.join('---\n'));
};

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Error(`${file} cannot be read: ${reasonOf(cause)}`, { cause });
  }
};

/** `models/template_l1_SYS-E100-9APP.json` → `sys-e100-9app`. */
const nameOf = (file: string): string =>
  basename(file)
    .replace(/\.json$/i, '')
    .replace(/^template_l\d+_/i, '')
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
