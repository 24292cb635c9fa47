import { readdirSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { parse, parseAllDocuments } from 'yaml';
import type { ApiObject } from '../../shared/base/object.ts';
import { type Kube, type KubeOptions, waitSeconds } from './kube.ts';

/** The demo's requests by a client of a few lines, for machines without kubectl. */
export const withoutKubectl = (options: KubeOptions): Kube => {
  const { namespace, print } = options;
  const ask = connect(options.kubeconfig);
  const places = discover(ask);
  const type = (command: string) => print(`$ kubectl ${command}`);

  const urlOf = async (what: string): Promise<string> => {
    const [kind = '', name = ''] = what.split('/');
    const found = (await places).find(place => place.names.includes(kind));
    if (!found) throw new Error(`the server has no resource type "${kind}"`);
    const within = found.namespaced ? `/namespaces/${namespace}` : '';
    return `${found.base}${within}/${found.plural}${name ? `/${name}` : ''}`;
  };

  const applyOne = async (object: ApiObject): Promise<string> => {
    const all = await places;
    const place = all.find(one => one.apiVersion === object.apiVersion && one.kind === object.kind);
    if (!place) throw new Error(`no matches for kind "${object.kind}" in version "${object.apiVersion}"`);
    const within = place.namespaced ? `/namespaces/${object.metadata.namespace ?? namespace}` : '';
    const list = `${place.base}${within}/${place.plural}`;
    const url = `${list}/${object.metadata.name}`;
    const there = (await ask('GET', url)).status === 200;
    const answer = there
      ? await ask('PATCH', url, object, { 'content-type': 'application/merge-patch+json' })
      : await ask('POST', list, object);
    expectOk(answer);
    return `${place.names[0]}/${object.metadata.name} ${there ? 'configured' : 'created'}`;
  };

  const read = async (what: string): Promise<ApiObject | undefined> => {
    const answer = await ask('GET', await urlOf(what));
    if (answer.status === 404) return undefined;
    return JSON.parse(expectOk(answer)) as ApiObject; // what this API answers
  };

  return {
    name: 'a client of its own (there is no kubectl)',
    apply: async dir => {
      type(`apply -f ${dir}`);
      const said: string[] = [];
      for (const object of readObjects(dir)) said.push(await applyOne(object));
      return said.join('\n');
    },
    wait: async (what, until) => {
      type(`-n ${namespace} wait ${what} --for=${until} --timeout=${waitSeconds}s`);
      const isSo = toCondition(until);
      for (let left = waitSeconds * 10; left > 0; left--) {
        if (isSo(await read(what))) return `${what} condition met`;
        await sleep(100);
      }
      throw new Error(`timed out waiting for ${until} on ${what}`);
    },
    table: async types => {
      type(`-n ${namespace} get ${types}`);
      const tables: string[] = [];
      for (const one of types.split(',')) {
        const answer = await ask('GET', await urlOf(one), undefined, {
          accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
        });
        tables.push(printTable(JSON.parse(expectOk(answer)) as Table)); // what was asked for
      }
      return tables.join('\n\n');
    },
    value: async (what, path) => {
      type(`-n ${namespace} get ${what} -o jsonpath={${path}}`);
      return String(valueAt(await read(what), path) ?? '');
    },
    patch: async (what, patch) => {
      type(`-n ${namespace} patch ${what} --type=merge -p '${JSON.stringify(patch)}'`);
      expectOk(await ask('PATCH', await urlOf(what), patch, { 'content-type': 'application/merge-patch+json' }));
      return `${what} patched`;
    },
    remove: async what => {
      type(`-n ${namespace} delete ${what}`);
      expectOk(await ask('DELETE', await urlOf(what)));
      for (let left = 300; left > 0 && (await read(what)); left--) await sleep(100);
      return `${what} deleted`;
    },
    raw: async path => {
      type(`get --raw '${path}'`);
      return expectOk(await ask('GET', path));
    },
  };
};

interface Answer {
  readonly status: number;
  readonly text: string;
}

type Ask = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;

interface Kubeconfig {
  clusters: [{ cluster: { server: string; 'certificate-authority-data': string } }];
  users: [{ user: { 'client-certificate-data': string; 'client-key-data': string } }];
}

const connect = (kubeconfig: string): Ask => {
  const config = parse(readFileSync(kubeconfig, 'utf8')) as Kubeconfig; // written by this program
  const { cluster } = config.clusters[0];
  const { user } = config.users[0];
  const plain = (base64: string) => Buffer.from(base64, 'base64');
  const agent = new Agent({
    ca: plain(cluster['certificate-authority-data']),
    cert: plain(user['client-certificate-data']),
    key: plain(user['client-key-data']),
  });
  return (method, path, body, headers = {}) =>
    new Promise((resolve, reject) => {
      const type = body === undefined ? {} : { 'content-type': 'application/json' };
      const outgoing = request(
        new URL(path, cluster.server),
        { method, agent, headers: { ...type, ...headers } },
        incoming => {
          let text = '';
          incoming.setEncoding('utf8').on('data', (part: string) => {
            text += part;
          });
          incoming.on('error', reject);
          incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, text }));
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    });
};

const expectOk = ({ status, text }: Answer): string => {
  if (status >= 200 && status < 300) return text;
  const message = text.startsWith('{') ? (JSON.parse(text) as { message?: string }).message : text; // a Status
  throw new Error(`Error from server (${status}): ${message}`);
};

interface Place {
  readonly apiVersion: string;
  readonly kind: string;
  readonly base: string;
  readonly plural: string;
  readonly namespaced: boolean;
  readonly names: readonly string[];
}

interface ResourceList {
  groupVersion: string;
  resources: { name: string; singularName: string; namespaced: boolean; kind: string; shortNames?: string[] }[];
}

const discover = async (ask: Ask): Promise<Place[]> => {
  const groups = JSON.parse(expectOk(await ask('GET', '/apis'))) as {
    groups: { preferredVersion: { groupVersion: string } }[];
  };
  const bases = ['/api/v1', ...groups.groups.map(group => `/apis/${group.preferredVersion.groupVersion}`)];
  const lists = await Promise.all(
    bases.map(async base => JSON.parse(expectOk(await ask('GET', base))) as ResourceList),
  );
  return lists.flatMap((list, at) =>
    list.resources
      .filter(resource => !resource.name.includes('/'))
      .map(({ name, singularName, namespaced, kind, shortNames = [] }) => ({
        apiVersion: list.groupVersion,
        kind,
        base: bases[at] ?? '',
        plural: name,
        namespaced,
        names: [singularName || kind.toLowerCase(), name, ...shortNames],
      })),
  );
};

const readObjects = (dir: string): ApiObject[] =>
  readdirSync(dir)
    .filter(name => name.endsWith('.yaml'))
    .sort()
    .flatMap(name => parseAllDocuments(readFileSync(join(dir, name), 'utf8')))
    .map(document => document.toJS() as ApiObject); // this project's own files

const toCondition = (until: string): ((object: ApiObject | undefined) => boolean) => {
  const [, condition] = /^condition=(\w+)$/.exec(until) ?? [];
  if (condition !== undefined)
    return object => conditionsOf(object).some(one => one.type === condition && one.status === 'True');
  const [, path = '', value = ''] = /^jsonpath=\{?([^}=]+)\}?=(.*)$/.exec(until) ?? [];
  return object => isDeepStrictEqual(String(valueAt(object, path) ?? ''), value);
};

const conditionsOf = (object: ApiObject | undefined): { type?: unknown; status?: unknown }[] => {
  const list = object?.status?.conditions;
  return Array.isArray(list) ? (list as { type?: unknown; status?: unknown }[]) : []; // compared, not trusted
};

const valueAt = (object: unknown, path: string): unknown =>
  path
    .split('.')
    .filter(step => step !== '')
    .reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], object); // undefined where it ends

interface Table {
  columnDefinitions: { name: string; priority: number }[];
  rows?: { cells: unknown[] }[];
}

const printTable = ({ columnDefinitions, rows = [] }: Table): string => {
  const shown = columnDefinitions.map((column, at) => ({ ...column, at })).filter(column => column.priority === 0);
  const lines = [
    shown.map(column => column.name.toUpperCase()),
    ...rows.map(row => shown.map(({ at }) => String(row.cells[at] ?? '<none>'))),
  ];
  const widths = shown.map((_, at) => Math.max(...lines.map(line => (line[at] ?? '').length)));
  return lines
    .map(line =>
      line
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('   ')
        .trimEnd(),
    )
    .join('\n');
};
