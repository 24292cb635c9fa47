import { fromBase64, toUtf8 } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { parseJson } from '../base/json.ts';
import type { ApiObject } from '../base/object.ts';
import { getOwn, isMap } from '../base/own.ts';
import { printValue } from '../base/path.ts';
import { toUuid } from '../base/uuid.ts';
import { DsType } from '../eve/generated/config.ts';
import { dataOf } from '../resources/eve/options.ts';
import type { Draft } from './draft.ts';
import { credentialsField, credentialsOf, parametersOf, splitName } from './gather.ts';
import { toPems } from './pem.ts';
import { sealUnlessClear } from './secrets.ts';
import { within } from './within.ts';

const types: Readonly<Record<string, number>> = {
  http: DsType.DsHttp,
  https: DsType.DsHttps,
  s3: DsType.DsS3,
  sftp: DsType.DsSFTP,
  container: DsType.DsContainerRegistry,
  azure: DsType.DsAzureBlob,
  google: DsType.DsGoogleStorage,
};

/** The type of an EVE StorageClass. Throws when it does not exist, is not for EVE, or is of a type that EVE lacks. */
export const classType = (draft: Draft, name: string): string => {
  const { provisioner, type } = readClass(draft, name);
  const refuse = (field: string, why: string) => new Fault('Invalid', `StorageClass "${name}": ${field}: ${why}`);
  if (provisioner !== 'eve')
    throw refuse('provisioner', `Unsupported value: ${printValue(provisioner)}: supported values: "eve"`);
  if (type === 'ftp')
    throw refuse('parameters[type]', 'Unsupported value: "ftp": EVE has no plain FTP; use sftp, http or https');
  if (type !== 'blank' && getOwn(types, type) === undefined)
    throw refuse('parameters[type]', `Unsupported value: ${printValue(type)}`);
  return type;
};

/** Makes the datastore of a StorageClass, once per device; returns its id. */
export const addDatastore = (draft: Draft, name: string): string => {
  const type = classType(draft, name);
  if (type === 'blank')
    throw new Fault('Invalid', `StorageClass "${name}": parameters[type]: is for blank volumes, which hold no content`);
  const { object } = readClass(draft, name);
  const id = toUuid(object.metadata.uid ?? '', `datastore/${draft.from.device.metadata.namespace}`);
  if (draft.config.datastores.some(one => one.id === id)) return id;
  const parameters = parametersOf(object);
  const url = parameters['URL'] ?? parameters['url'] ?? '';
  const { place, credentials, block } = within(`StorageClass "${name}"`, () => {
    const place = toPlace(type, url, parameters['path'] ?? '');
    const credentials = readCredentials(draft, object, place.host);
    const secrets = { dsAPIKey: credentials.user, dsPassword: credentials.password };
    return { place, credentials, block: sealUnlessClear(draft, `datastore/${id}`, secrets, credentialsField(object)) };
  });
  draft.config.datastores.push({
    id,
    dType: place.type,
    fqdn: place.fqdn,
    dpath: place.path,
    region: parameters['region'],
    dsCertPEM: credentials.roots === undefined ? undefined : toPems([credentials.roots]),
    ...(block ? { cipherData: block } : { apiKey: credentials.user, password: credentials.password }),
  });
  return id;
};

const readClass = (draft: Draft, name: string): { object: ApiObject; provisioner: string; type: string } => {
  const object = draft.from.look('storageClass', name);
  if (!object) throw new Fault('NotFound', `StorageClass "${name}" does not exist`);
  return { object, provisioner: String(object['provisioner'] ?? ''), type: parametersOf(object)['type'] ?? '' };
};

interface Place {
  readonly type: number;
  readonly fqdn: string;
  readonly path: string;
  /** For looking up credentials. */
  readonly host: string;
}

/** Where a class's URL and path point, in the forms that EVE wants (reference §6.6). */
const toPlace = (type: string, url: string, path: string): Place => {
  const match = /^(?:([a-z0-9+.-]+):\/\/)?([^/]*)(\/.*)?$/i.exec(url.trim());
  const scheme = match?.[1]?.toLowerCase();
  const host = match?.[2] ?? '';
  const joined = [match?.[3] ?? '', path]
    .map(part => part.replace(/^\/+|\/+$/g, ''))
    .filter(part => part !== '')
    .join('/');
  const number = getOwn(types, type) ?? DsType.DsUnknown;
  if (type === 'container') {
    if (host === '') throw new Fault('Invalid', 'parameters[URL]: Required value: a container registry needs it');
    return {
      type: number,
      fqdn: `docker://${dockerHosts.includes(host) ? 'index.docker.io' : host}`,
      path: joined,
      host,
    };
  }
  if (type === 'http' || type === 'https') {
    if (host === '') throw new Fault('Invalid', 'parameters[URL]: Required value: a web server needs it');
    const used = scheme === 'http' || scheme === 'https' ? scheme : type;
    return { type: getOwn(types, used) ?? number, fqdn: `${used}://${host}`, path: joined, host };
  }
  return {
    type: number,
    fqdn: type === 'sftp' || scheme === undefined ? host : `${scheme}://${host}`,
    path: joined,
    host,
  };
};

const dockerHosts = [
  'docker.io',
  'index.docker.io',
  'hub.docker.com',
  'registry-1.docker.io',
  'registry.hub.docker.com',
];

interface Credentials {
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** PEM of the authorities to trust for this store. */
  readonly roots?: string | undefined;
}

const userKeys = [
  'username',
  'user',
  'apiKey',
  'accessKey',
  'accessKeyId',
  'AWS_ACCESS_KEY_ID',
  'accountName',
  'projectId',
  'scheme',
];
const passwordKeys = [
  'password',
  'secretKey',
  'secretAccessKey',
  'AWS_SECRET_ACCESS_KEY',
  'accountKey',
  'serviceAccount',
  'token',
];

const readCredentials = (draft: Draft, storageClass: ApiObject, host: string): Credentials => {
  const named = credentialsOf(storageClass);
  if (named === undefined) return {};
  const own = draft.from.device.metadata.namespace ?? '';
  const [namespace, name] = splitName(named, own);
  const secret = draft.from.look('secret', namespace === own ? name : `${namespace}/${name}`);
  if (!secret)
    throw new Fault('NotFound', `${credentialsField(storageClass)}: Secret "${namespace}/${name}" does not exist`);
  const data = dataOf(secret);
  const read = (keys: readonly string[]) => {
    const key = keys.find(one => getOwn(data, one) !== undefined);
    return key === undefined ? undefined : toUtf8(fromBase64(getOwn(data, key) ?? ''));
  };
  const roots = read(['ca.crt']);
  const docker = read(['.dockerconfigjson']);
  if (docker !== undefined) return { ...fromDocker(docker, host), roots };
  return { user: read(userKeys), password: read(passwordKeys), roots };
};

/** User and password for a host out of a Docker configuration. */
const fromDocker = (text: string, host: string): Credentials => {
  const config = toMap(text);
  const auths = isMap(config['auths']) ? config['auths'] : {};
  const names = dockerHosts.includes(host)
    ? ['https://index.docker.io/v1/', ...dockerHosts]
    : [host, `https://${host}`];
  const entry = names.map(one => getOwn(auths, one)).find(isMap) ?? {};
  const { username, password, auth } = entry;
  if (typeof username === 'string' && typeof password === 'string') return { user: username, password };
  const [, user, secret] = /^([^:]*):(.*)$/s.exec(typeof auth === 'string' ? toUtf8(fromBase64(auth)) : '') ?? [];
  return { user, password: secret };
};

const toMap = (text: string): { [field: string]: unknown } => {
  try {
    const value = parseJson(text);
    return isMap(value) ? value : {};
  } catch {
    return {};
  }
};
