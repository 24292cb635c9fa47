import { describe, expect, it } from 'vitest';
import { toPlace } from '../../../functions/tenants/place.ts';
import { toTenants } from '../../../functions/tenants/tenant.ts';

describe('a list of tenants', () => {
  it('is read with what is not said', () => {
    const list = [{ name: 'acme' }, { name: 'globex', hosts: ['Globex.Test', 'globex.test'], path: false }];
    const tenants = [
      { name: 'acme', hosts: [], path: true },
      { name: 'globex', hosts: ['globex.test'], path: false },
    ];
    expect(toTenants(list, 'main')).toEqual(tenants);
    expect(toTenants({ tenants: list }, 'main')).toEqual(tenants);
    const apart = { name: 'apart', hosts: ['kube.test'], deviceHosts: ['Eve.test', 'kube.test'] };
    expect(toTenants([apart], 'main')).toEqual([
      { name: 'apart', path: true, hosts: ['kube.test', 'eve.test'], deviceHosts: ['eve.test', 'kube.test'] },
    ]);
    const all = {
      name: 'all',
      certificate: 'arn:aws:acm:eu-central-1:000000000000:certificate/1',
      zone: 'Z1',
      identity: 'kubeve-prod/all/identity',
      deviceApiV1: true,
      tokenFile: 'a.csv',
      clientCaFile: 'ca.pem',
      authenticationConfig: 'authn.yaml',
      awsIamConfig: 'aws.yaml',
      serviceAccountIssuer: ['https://all.test'],
      apiAudience: ['all'],
      oidcSigningAlg: ['ES256'],
    };
    expect(toTenants([all], 'main')).toEqual([{ ...all, hosts: [], path: true }]);
  });

  it.each([
    [undefined, 'tenants must be a list'],
    [{ tenants: {} }, 'tenants must be a list'],
    [Array.from({ length: 101 }, (_, at) => ({ name: `t${at}` })), 'tenants may be 100 at most, not 101'],
    [['acme'], 'tenants[0] must be a map'],
    [[{}], 'tenants[0].name must be a text'],
    [[{ name: 'Acme' }], "tenants[0].name must be a name of lower-case letters, digits and dashes, not 'Acme'"],
    [[{ name: '' }], 'tenants[0].name must be a name'],
    [[{ name: 'a/b' }], 'tenants[0].name must be a name'],
    [[{ name: 'main' }], "tenants[0].name is taken: 'main'"],
    [[{ name: 'a' }, { name: 'a' }], "tenants[1].name is taken: 'a'"],
    [[{ name: 'a', hosts: 'a.test' }], 'tenants[0].hosts must be a list of texts'],
    [[{ name: 'a', hosts: ['a.test:8443'] }], "tenants[0].hosts must be host names without a port, not 'a.test:8443'"],
    [[{ name: 'a', hosts: ['*.test'] }], 'tenants[0].hosts must be host names'],
    [
      [
        { name: 'a', hosts: ['x.test'] },
        { name: 'b', hosts: ['X.test'] },
      ],
      "tenants[1].hosts: 'x.test' is already that of 'a'",
    ],
    [[{ name: 'a', deviceHosts: ['a.test/'] }], 'tenants[0].deviceHosts must be host names'],
    [
      [
        { name: 'a', hosts: ['x.test'] },
        { name: 'b', deviceHosts: ['x.test'] },
      ],
      "tenants[1].hosts: 'x.test' is already that of 'a'",
    ],
    [[{ name: 'a', path: false }], 'tenants[0] can be reached by nobody'],
    [[{ name: 'a', path: 'no' }], 'tenants[0].path must be true or false'],
    [[{ name: 'a', host: 'a.test' }], 'tenants[0].host is no field of a tenant'],
    [[{ name: 'a', tokenFile: 3 }], 'tenants[0].tokenFile must be a text'],
    [[{ name: 'a', oidcSigningAlg: ['none'] }], 'tenants[0].oidcSigningAlg must be of'],
  ])('is refused for what is wrong in it: %j', (value, message) => {
    expect(() => toTenants(value, 'main')).toThrow(message);
  });
});

it.each([
  ['/clusters/acme/api/v1', { name: 'acme', path: '/api/v1' }],
  ['/clusters/acme', { name: 'acme', path: '/' }],
  ['/clusters/acme/', { name: 'acme', path: '/' }],
  ['/clusters/', { name: '', path: '/' }],
  ['/clusters//api', { name: '', path: '/api' }],
  ['/clusters/a%2fb/api', { name: 'a%2fb', path: '/api' }],
  ['/clusters', undefined],
  ['/clustersacme/api', undefined],
  ['/api/clusters/acme', undefined],
])('the place of %s is %j', (path, place) => {
  expect(toPlace(path)).toEqual(place);
});
