import { describe, expect, it } from 'vitest';
import { toRequestInfo } from '../../shared/kube/request.ts';

const info = (method: string, path: string) => toRequestInfo(method, new URL(`https://localhost${path}`));
const core = { group: '', version: 'v1', rest: [], inNamespace: false, inPath: false };
const eve = { ...core, group: 'example.com' };

describe('toRequestInfo', () => {
  it.each<[string, string, string, object]>([
    ['GET', '/api/v1/namespaces', 'list', { ...core, plural: 'namespaces' }],
    ['GET', '/api/v1/namespaces/', 'list', { ...core, plural: 'namespaces' }],
    ['GET', '/api/v1/namespaces/a', 'get', { ...core, plural: 'namespaces', namespace: 'a', name: 'a', inPath: true }],
    [
      'PUT',
      '/api/v1/namespaces/a/finalize',
      'update',
      { ...core, plural: 'namespaces', namespace: 'a', name: 'a', subresource: 'finalize', inPath: true },
    ],
    [
      'PATCH',
      '/api/v1/namespaces/a/status',
      'patch',
      { ...core, plural: 'namespaces', namespace: 'a', name: 'a', subresource: 'status', inPath: true },
    ],
    ['POST', '/api/v1/namespaces/a/notes', 'create', { ...core, plural: 'notes', namespace: 'a', inNamespace: true }],
    [
      'DELETE',
      '/api/v1/namespaces/a/notes',
      'deletecollection',
      { ...core, plural: 'notes', namespace: 'a', inNamespace: true },
    ],
    [
      'DELETE',
      '/api/v1/namespaces/a/notes/b',
      'delete',
      { ...core, plural: 'notes', namespace: 'a', name: 'b', inNamespace: true, inPath: true },
    ],
    ['GET', '/apis/example.com/v1/widgets', 'list', { ...eve, plural: 'widgets' }],
    ['GET', '/apis/example.com/v1/widgets?watch=1', 'watch', { ...eve, plural: 'widgets' }],
    ['GET', '/apis/example.com/v1/widgets?watch', 'watch', { ...eve, plural: 'widgets' }],
    ['GET', '/apis/example.com/v1/widgets?watch=false', 'list', { ...eve, plural: 'widgets' }],
    ['GET', '/apis/example.com/v1/widgets?watch=0', 'list', { ...eve, plural: 'widgets' }],
    ['GET', '/apis/example.com/v1/watch/widgets', 'watch', { ...eve, plural: 'widgets' }],
    ['HEAD', '/apis/example.com/v1/planets/p', 'get', { ...eve, plural: 'planets', name: 'p', inPath: true }],
    [
      'GET',
      '/apis/example.com/v1/namespaces/n/widgets/w/scale/x/y',
      'get',
      {
        ...eve,
        plural: 'widgets',
        namespace: 'n',
        name: 'w',
        subresource: 'scale',
        rest: ['x', 'y'],
        inNamespace: true,
        inPath: true,
      },
    ],
    [
      'GET',
      '/apis/example.com/v1/widgets?fieldSelector=metadata.name%3Da',
      'list',
      { ...eve, plural: 'widgets', name: 'a' },
    ],
    [
      'GET',
      '/apis/example.com/v1/widgets?fieldSelector=x%3Dy,metadata.name%3D%3Da&watch=true',
      'watch',
      { ...eve, plural: 'widgets', name: 'a' },
    ],
    ['GET', '/apis/example.com/v1/widgets?fieldSelector=metadata.name!%3Da', 'list', { ...eve, plural: 'widgets' }],
    ['GET', '/apis/example.com/v1/widgets?fieldSelector=metadata.name%3D..', 'list', { ...eve, plural: 'widgets' }],
    ['OPTIONS', '/apis/example.com/v1/widgets', 'options', { ...eve, plural: 'widgets' }],
    [
      'GET',
      '/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Adiscovery',
      'get',
      { ...core, group: 'rbac.authorization.k8s.io', plural: 'clusterroles', name: 'system:discovery', inPath: true },
    ],
  ])('%s %s is %s', (method, path, verb, resource) => {
    expect(info(method, path)).toMatchObject({ verb, resource });
  });

  it.each([
    '/',
    '/api',
    '/api/v1',
    '/apis',
    '/apis/',
    '/apis/example.com',
    '/apis/example.com/v1',
    '/apis/example.com/v1/',
    '/version',
    '/openapi/v3/apis/x/v1',
  ])('%s is no resource', path => {
    expect(info('GET', path)).toEqual({ verb: 'get', path });
  });

  it('refuses what it cannot decode', () => {
    expect(() => info('GET', '/api/v1/namespaces/%E0%A4')).toThrow('invalid URL escape');
  });
});
