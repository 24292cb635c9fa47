import type { Cause } from '../../base/fault.ts';
import { cause, type Path } from '../../base/path.ts';

type Parameters = Readonly<Record<string, string>>;

/** What `parameters.type` of an EVE class may be. */
const eveTypes = ['azure', 'blank', 'container', 'ftp', 'google', 'http', 'https', 's3', 'sftp'];

/** Types that are nothing without a server, with the schemes that their URL may have; none is as good as the first. */
const servers: Readonly<Record<string, readonly string[]>> = {
  container: ['docker', 'oci', 'http', 'https'],
  ftp: ['ftp'],
  http: ['http', 'https'],
  https: ['https', 'http'],
  sftp: ['sftp'],
};

/** Types that know their server, and are nothing without a bucket or container. */
const buckets: Readonly<Record<string, string>> = { azure: 'container', google: 'bucket', s3: 'bucket' };

/** What is wrong with the parameters of an EVE class: where a device would ask in vain, or somewhere else (EVE reference §6.6). */
export const checkDatastore = (parameters: Parameters, path: Path): Cause[] => {
  const at = (key: string): Path => [...path, { key }];
  const { type } = parameters;
  if (type === undefined) return [cause.required(at('type'), `must be one of ${eveTypes.join(', ')}`)];
  if (!eveTypes.includes(type)) return [cause.notSupported(at('type'), type, eveTypes)];
  if (type === 'blank') return [];
  const key = parameters['URL'] === undefined && parameters['url'] !== undefined ? 'url' : 'URL';
  return [
    ...checkUrl(type, parameters[key]?.trim() ?? '', at(key)),
    ...checkPlace(parameters, at('path')),
    ...['credentialsSecret', 'credentialsRef'].flatMap(name => checkSecret(parameters[name], at(name))),
  ];
};

const urlForm = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(\[[0-9a-f:.]+\]|[^\s/:@?#[\]]+)(?::(\d{1,5}))?(\/[^\s?#]*)?$/i;

const checkUrl = (type: string, url: string, path: Path): Cause[] => {
  const schemes = servers[type];
  if (url === '') return schemes ? [cause.required(path, `a class of type ${type} needs its server`)] : [];
  // What stands before an @ is as good as a password, and is not told back.
  if (/^[^/?#]*(?:\/\/)?[^/?#]*@/.test(url))
    return [cause.invalid(path, '(hidden)', 'must not hold credentials; name a Secret in credentialsSecret')];
  const [, scheme, , port] = urlForm.exec(url) ?? [];
  if (!urlForm.test(url) || Number(port ?? 1) < 1 || Number(port ?? 1) > 65535)
    return [cause.invalid(path, url, 'must be a server, like https://files.example.com:8443/base, without ? and #')];
  const known = schemes ?? ['https', 'http'];
  return scheme === undefined || known.includes(scheme.toLowerCase())
    ? []
    : [cause.invalid(path, url, `must have the scheme ${known.join(' or ')}`)];
};

const checkPlace = ({ type = '', path: place = '' }: Parameters, path: Path): Cause[] => {
  const kind = buckets[type];
  if (kind !== undefined && place.replace(/^\/+|\/+$/g, '') === '')
    return [cause.required(path, `a class of type ${type} needs its ${kind}`)];
  return /(^|\/)\.\.(\/|$)|[\s?#]/.test(place)
    ? [cause.invalid(path, place, 'must be a path without .., ?, # and spaces')]
    : [];
};

const secretForm = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\/)?[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

const checkSecret = (name: string | undefined, path: Path): Cause[] =>
  name === undefined || name === '' || secretForm.test(name)
    ? []
    : [cause.invalid(path, name, 'must be the name of a Secret, or namespace/name')];
