import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ApiObject } from '../../../shared/base/object.ts';
import { createCertificates, type SignClient } from '../../../shared/controllers/certificates.ts';
import type { User } from '../../../shared/kube/access/user.ts';
import { issueCertificate } from '../../../shared/pki/issue.ts';
import { makeRequest } from '../../support/csr.ts';
import { until } from '../../support/until.ts';
import { admin, refusal, startKinds } from '../setup.ts';

const signerName = 'kubernetes.io/kube-apiserver-client';
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const { pem } = makeRequest([
  ['O', 'dev'],
  ['CN', 'ann'],
]);
const request = (spec: object = {}, name = 'ann'): ApiObject => ({
  apiVersion: 'certificates.k8s.io/v1',
  kind: 'CertificateSigningRequest',
  metadata: { name },
  spec: { request: base64(pem), signerName, usages: ['client auth'], ...spec },
});
const ann: User = { name: 'ann', uid: 'u', groups: ['dev'], extra: { a: ['b'] } };
const approved = { type: 'Approved', status: 'True', reason: 'Test', message: 'fine' };
const denied = { ...approved, type: 'Denied' };

const start = async () => {
  const kinds = await startKinds();
  const type = kinds.typeOf(request());
  const approve = (object: ApiObject, conditions: object[], user = admin) => {
    const action = type.actions.approval;
    if (!action) throw new Error('no subresource approval');
    return action
      .run({
        operation: 'update',
        verb: 'update',
        subresource: 'approval',
        type,
        ref: { name: object.metadata.name },
        registry: kinds.registry,
        now: kinds.clock.now(),
        dryRun: false,
        user,
        warn: () => {},
        // The conditions are what is under test.
        body: { ...object, status: { ...object.status, conditions } } as ApiObject,
      })
      .then(answer => answer.body);
  };
  return { ...kinds, type, approve };
};

describe('a request', () => {
  it('says who asks, whatever it says itself', async () => {
    const { create } = await start();
    const made = await create(
      request({ username: 'root', groups: ['system:masters'], uid: '0', extra: { x: ['y'] } }),
      ann,
    );
    expect(made.spec).toEqual({
      request: base64(pem),
      signerName,
      usages: ['client auth'],
      username: 'ann',
      uid: 'u',
      groups: ['dev'],
      extra: { a: ['b'] },
    });
    expect(made.status).toEqual({});
  });

  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  it('may be of any common sort of key', async () => {
    const { create } = await start();
    expect(await create(request({ request: base64(makeRequest([['CN', 'a']], { key: rsa }).pem) }))).toBeDefined();
  });

  it.each<[string, object, string]>([
    [
      'no PEM',
      { request: base64('x') },
      'spec.request: Invalid value: "eA==": PEM block type must be CERTIFICATE REQUEST',
    ],
    [
      'another PEM',
      { request: base64('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n') },
      'PEM block type must be CERTIFICATE REQUEST',
    ],
    [
      'no request',
      { request: base64('-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n') },
      'the certificate request cannot be parsed',
    ],
    [
      'a request signed by somebody else',
      { request: base64(makeRequest([['CN', 'a']], { signWith: other }).pem) },
      'the signature of the certificate request is not valid',
    ],
    ['no usages', { usages: [] }, 'spec.usages: Required value'],
    ['a strange usage', { usages: ['flying'] }, 'spec.usages[0]: Unsupported value: "flying"'],
    ['a usage twice', { usages: ['client auth', 'client auth'] }, 'spec.usages[1]: Duplicate value: "client auth"'],
    ['no signer', { signerName: '' }, 'spec.signerName: Required value'],
    ['the old signer', { signerName: 'kubernetes.io/legacy-unknown' }, 'the legacy signerName is not allowed'],
    ['a signer without a domain', { signerName: 'me' }, 'must be a fully qualified domain and path of the form'],
    ['too short a life', { expirationSeconds: 599 }, 'may not specify a duration less than 600 seconds (10 minutes)'],
  ])('with %s is refused', async (_case, spec, message) => {
    const { create } = await start();
    expect(await refusal(create(request(spec)))).toContain(message);
  });

  it('never asks for the administrators', async () => {
    const { create } = await start();
    const masters = makeRequest([
      ['O', 'dev'],
      ['O', 'system:masters'],
      ['CN', 'eve'],
    ]).pem;
    expect(await refusal(create(request({ request: base64(masters) }), admin))).toBe(
      '403 certificatesigningrequests.certificates.k8s.io "ann" is forbidden: use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed',
    );
    // Other signers have rules of their own.
    expect(await create(request({ request: base64(masters), signerName: 'example.com/mine' }))).toBeDefined();
  });

  it('never changes', async () => {
    const { create, change } = await start();
    const made = await create(request(), ann);
    const after = await change(made, { spec: { ...made.spec, username: 'root' }, status: { conditions: [approved] } });
    expect([after.spec, after.status]).toEqual([made.spec, {}]);
  });
});

describe('approval', () => {
  it('takes conditions alone, and gives them times', async () => {
    const { create, approve } = await start();
    const made = await create(request(), ann);
    const after = await approve(
      { ...made, spec: { ...made.spec, username: 'root' }, status: { certificate: 'eA==' } },
      [approved],
    );
    const at = '2026-01-02T03:04:05Z';
    expect(after.spec).toEqual(made.spec);
    expect(after.status).toEqual({ conditions: [{ ...approved, lastUpdateTime: at, lastTransitionTime: at }] });
  });

  it.each<[string, object[], object[], string]>([
    ['both ways', [], [approved, denied], 'Approved and Denied conditions are mutually exclusive'],
    ['half', [], [{ ...approved, status: 'False' }], 'status.conditions[0].status: Unsupported value: "False"'],
    ['and taken back', [approved], [], 'updates may not remove a condition of type "Approved"'],
    ['and turned round', [denied], [approved], 'updates may not remove a condition of type "Denied"'],
  ])('is not given %s', async (_case, before, after, message) => {
    const { create, approve } = await start();
    let object = await create(request(), ann);
    if (before.length > 0) object = await approve(object, before);
    expect(await refusal(approve(object, after))).toContain(message);
  });

  it.each([
    [[signerName], true],
    [['kubernetes.io/*'], true],
    [['example.com/*'], false],
    [[], false],
  ])('is for those who may approve %j', async (resourceNames, allowed) => {
    const { create, approve } = await start();
    const rbac = 'rbac.authorization.k8s.io';
    const rules = [
      { apiGroups: ['certificates.k8s.io'], resources: ['signers'], verbs: ['approve'], resourceNames },
    ].filter(() => resourceNames.length > 0);
    await create({ apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: { name: 'r' }, rules });
    await create({
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: 'b' },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'r' },
      subjects: [{ apiGroup: rbac, kind: 'User', name: 'ann' }],
    });
    const made = await create(request(), ann);
    expect(await refusal(approve(made, [approved], ann))).toBe(
      allowed
        ? 'accepted'
        : '403 certificatesigningrequests.certificates.k8s.io "ann" is forbidden: user not permitted to approve requests with signerName "kubernetes.io/kube-apiserver-client"',
    );
  });
});

describe('status', () => {
  const certificate = base64('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
  it.each<[string, object, object, string]>([
    ['decide', {}, { conditions: [approved] }, 'updates may not add a condition of type "Approved"'],
    [
      'exchange a certificate',
      { certificate },
      { certificate: `${certificate}Cg==` },
      'may not modify existing certificate',
    ],
    ['hold something else', {}, { certificate: 'eA==' }, 'must contain at least one CERTIFICATE PEM block'],
  ])('may not %s', async (_case, before, after, message) => {
    const { create, change } = await start();
    const made = await create(request(), ann);
    await change(made, { status: before }, admin, 'status');
    expect(await refusal(change(made, { status: after }, admin, 'status'))).toContain(message);
  });

  it('is for signers', async () => {
    const { create, change } = await start();
    const made = await create(request(), ann);
    expect(await refusal(change(made, { status: { certificate } }, ann, 'status'))).toContain(
      'user not permitted to sign requests with signerName "kubernetes.io/kube-apiserver-client"',
    );
  });
});

describe('the signer', () => {
  const issuing = async () => {
    const kinds = await start();
    const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const sign: SignClient = ({ name, ...plan }) =>
      issueCertificate({ ...plan, subject: name, serial: Uint8Array.of(1, 2, 3), usages: ['clientAuth'] }, { key });
    const stop = new AbortController();
    const done = createCertificates({ ...kinds, sign }).run(stop.signal);
    const end = async () => {
      stop.abort();
      await done;
    };
    return { ...kinds, end };
  };

  it('issues what was asked for, for as long as was asked for', async () => {
    const { create, approve, get, clock, end } = await issuing();
    const made = await create(request({ expirationSeconds: 3600 }), ann);
    await approve(made, [approved]);
    const status = await until(async () => {
      const { status: now } = await get(made);
      expect(now?.certificate).toBeDefined();
      return now;
    });
    const certificate = new X509Certificate(Buffer.from(String(status?.certificate), 'base64'));
    expect(certificate.subject).toBe('O=dev\nCN=ann');
    expect(Date.parse(certificate.validTo)).toBe(clock.now() + 3_600_000);
    expect(Date.parse(certificate.validFrom)).toBe(clock.now() - 300_000);
    expect(certificate.ca).toBe(false);
    await end();
  });

  it.each<[string, object, string]>([
    ['servers', { usages: ['client auth', 'server auth'] }, 'usages are not allowed: server auth'],
    ['no clients', { usages: ['digital signature'] }, 'usages must include client auth'],
    ['nobody', { request: base64(makeRequest([['O', 'dev']]).pem) }, 'the request has no common name'],
  ])('says that it does not certify %s', async (_case, spec, message) => {
    const { create, approve, get, end } = await issuing();
    const made = await create(request(spec), ann);
    await approve(made, [approved]);
    await until(async () =>
      expect((await get(made)).status).toMatchObject({
        conditions: [{ type: 'Approved' }, { type: 'Failed', reason: 'SignerValidationFailure', message }],
      }),
    );
    await end();
  });

  it('leaves alone what is denied, undecided, or for others', async () => {
    const { create, approve, get, end } = await issuing();
    const one = await create(request({}, 'one'), ann);
    const two = await create(request({}, 'two'), ann);
    const three = await create(request({ signerName: 'example.com/mine' }, 'three'), ann);
    await approve(one, [denied]);
    await approve(three, [approved]);
    const last = await create(request({}, 'last'), ann);
    await approve(last, [approved]);
    await until(async () => expect((await get(last)).status?.certificate).toBeDefined());
    for (const object of [one, two, three]) expect((await get(object)).status?.certificate).toBeUndefined();
    await end();
  });
});
