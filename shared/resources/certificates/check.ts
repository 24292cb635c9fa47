import { Buffer } from 'node:buffer';
import type { Cause } from '../../base/fault.ts';
import { isFault } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import { cause } from '../../base/path.ts';
import { readSigningRequest } from '../../kube/access/signingrequest.ts';
import { subdomainErrors } from '../../kube/names.ts';

export const group = 'certificates.k8s.io';

/** Signs certificates with which users come to the API server. */
export const clientSigner = 'kubernetes.io/kube-apiserver-client';

/** What a key may be for, in Kubernetes' words. */
export const usages = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
];

export interface RequestSpec {
  readonly request?: string;
  readonly signerName?: string;
  readonly expirationSeconds?: number;
  readonly usages?: readonly string[];
}

export interface RequestCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastUpdateTime?: string;
  readonly lastTransitionTime?: string;
}

// The shape was checked against the schema, or is checked before it is stored.
export const specOf = ({ spec }: ApiObject) => (spec ?? {}) as RequestSpec;
export const conditionsOf = ({ status }: ApiObject) =>
  (Array.isArray(status?.conditions) ? status.conditions : []) as unknown as RequestCondition[];

export const has = (object: ApiObject, type: string): boolean =>
  conditionsOf(object).some(condition => condition.type === type);

/** What is wrong with a request when it is made; it never changes after. */
export const checkSpec = (object: ApiObject): Cause[] => {
  const { request = '', signerName = '', expirationSeconds, usages: wanted = [] } = specOf(object);
  return [
    ...checkRequest(request),
    ...(wanted.length === 0 ? [cause.required('spec.usages')] : []),
    ...wanted.flatMap((usage, index) => checkUsage(wanted, usage, index)),
    ...checkSigner(signerName),
    ...(expirationSeconds !== undefined && expirationSeconds < 600
      ? [
          cause.invalid(
            'spec.expirationSeconds',
            expirationSeconds,
            'may not specify a duration less than 600 seconds (10 minutes)',
          ),
        ]
      : []),
  ];
};

const checkRequest = (request: string): Cause[] => {
  try {
    readSigningRequest(Buffer.from(request, 'base64').toString('latin1'));
    return [];
  } catch (error) {
    if (!isFault(error)) throw error;
    return [cause.invalid('spec.request', request, error.message)];
  }
};

const checkUsage = (all: readonly string[], usage: string, index: number): Cause[] => {
  const path = ['spec', 'usages', index];
  if (!usages.includes(usage)) return [cause.notSupported(path, usage, usages)];
  return all.indexOf(usage) < index ? [cause.duplicate(path, usage)] : [];
};

const checkSigner = (name: string): Cause[] => {
  const path = 'spec.signerName';
  if (name === '') return [cause.required(path)];
  if (name === 'kubernetes.io/legacy-unknown')
    return [cause.invalid(path, name, 'the legacy signerName is not allowed via this API version')];
  const [domain = '', tail = '', ...more] = name.split('/');
  const isPath = more.length === 0 && tail !== '' && tail.split('.').every(part => part !== '' && isWord.test(part));
  if (!domain.includes('.') || subdomainErrors(domain).length > 0 || !isPath || name.length > 571)
    return [
      cause.invalid(path, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'"),
    ];
  return [];
};

const isWord = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/i;

const decided = ['Approved', 'Denied'];

/** What is wrong with a change through `/status`: it issues, it does not decide. */
export const checkStatus = (now: ApiObject, old: ApiObject): Cause[] => [
  ...checkConditions(now),
  ...decided.flatMap(type =>
    has(now, type) && !has(old, type)
      ? [cause.forbidden('status.conditions', `updates may not add a condition of type ${JSON.stringify(type)}`)]
      : [],
  ),
  ...checkKept(now, old),
  ...(old.status?.certificate && now.status?.certificate !== old.status.certificate
    ? [cause.forbidden('status.certificate', 'updates may not modify existing certificate content')]
    : []),
  ...checkCertificate(now),
];

/** What is wrong with a change through `/approval`. */
export const checkApproval = (now: ApiObject, old: ApiObject): Cause[] => [
  ...checkConditions(now),
  ...checkKept(now, old),
];

const checkKept = (now: ApiObject, old: ApiObject): Cause[] =>
  [...decided, 'Failed'].flatMap(type =>
    has(old, type) && !has(now, type)
      ? [cause.forbidden('status.conditions', `updates may not remove a condition of type ${JSON.stringify(type)}`)]
      : [],
  );

const checkConditions = (object: ApiObject): Cause[] => {
  const conditions = conditionsOf(object);
  const causes = conditions.flatMap(({ type, status }, index) => {
    const path = ['status', 'conditions', index];
    if (type === '') return [cause.required([...path, 'type'])];
    const isKnown = [...decided, 'Failed'].includes(type);
    if (isKnown && status !== 'True') return [cause.notSupported([...path, 'status'], status, ['True'])];
    return ['True', 'False', 'Unknown'].includes(status)
      ? []
      : [cause.notSupported([...path, 'status'], status, ['True', 'False', 'Unknown'])];
  });
  if (has(object, 'Approved') && has(object, 'Denied'))
    causes.push(cause.invalid('status.conditions', 'Denied', 'Approved and Denied conditions are mutually exclusive'));
  return causes;
};

const checkCertificate = ({ status }: ApiObject): Cause[] => {
  const certificate = status?.certificate;
  if (typeof certificate !== 'string' || certificate === '') return [];
  const text = Buffer.from(certificate, 'base64').toString('latin1');
  return /^\s*-----BEGIN CERTIFICATE-----/m.test(text)
    ? []
    : [cause.invalid('status.certificate', '<certificate data>', 'must contain at least one CERTIFICATE PEM block')];
};
