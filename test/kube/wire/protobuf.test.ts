import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isFault } from '../../../shared/base/fault.ts';
import { encode } from '../../../shared/base/protobuf.ts';
import { k8s } from '../../../shared/kube/wire/generated/table.ts';
import { decodeProtobuf } from '../../../shared/kube/wire/protobuf.ts';

interface Captured {
  readonly command: string;
  /** The body that kubectl 1.33 sent, in hex. */
  readonly protobuf: string;
  /** The body that kubectl 1.27 sent for the same command. */
  readonly json: Record<string, unknown>;
}

const captured: Captured[] = JSON.parse(readFileSync(new URL('kubectl.json', import.meta.url), 'utf8'));

const meta = 'k8s.io.apimachinery.pkg.apis.meta.v1';

/** A body as client-go would make it. */
const body = (apiVersion: string, kind: string, name: string, message: object): Uint8Array => {
  const unknown = { typeMeta: { apiVersion, kind }, raw: encode(k8s, name, { ...message }) };
  const tail = encode(k8s, 'k8s.io.apimachinery.pkg.runtime.Unknown', unknown);
  return new Uint8Array([0x6b, 0x38, 0x73, 0, ...tail]);
};

const failure = (bytes: Uint8Array): string => {
  try {
    decodeProtobuf(bytes);
  } catch (error) {
    if (isFault(error, 'BadRequest')) return error.message;
    throw error;
  }
  return 'no failure';
};

/** Go prints nil lists and an empty string of a review's status; both mean that nothing is there. */
const significant = (value: unknown): unknown => {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(significant);
  const kept = Object.entries(value).filter(
    ([key, item]) => (item !== null || key.endsWith('Timestamp')) && !(key === 'token' && item === ''),
  );
  return Object.fromEntries(kept.map(([key, item]) => [key, significant(item)]));
};

describe('decodeProtobuf', () => {
  it.each(captured)('$command', ({ protobuf, json }) => {
    // The older kubectl asks for this one in another version.
    const apiVersion = String(json.apiVersion).replace('authentication.k8s.io/v1beta1', 'authentication.k8s.io/v1');
    expect(decodeProtobuf(Buffer.from(protobuf, 'hex'))).toEqual(significant({ ...json, apiVersion }));
  });

  it('covers a fair number of commands', () => {
    expect(captured.length).toBeGreaterThan(10);
  });

  it.each<[string, string, string, object, object]>([
    ['v1', 'Secret', 'k8s.io.api.core.v1.Secret', { data: { a: new Uint8Array([1, 2]) } }, { data: { a: 'AQI=' } }],
    ['v1', 'ConfigMap', 'k8s.io.api.core.v1.ConfigMap', { immutable: false }, { immutable: false }],
    [
      'v1',
      'PersistentVolumeClaim',
      'k8s.io.api.core.v1.PersistentVolumeClaim',
      { spec: { storageClassName: '', volumeName: '', resources: { requests: { storage: { string: '1Gi' } } } } },
      { spec: { storageClassName: '', resources: { requests: { storage: '1Gi' } } } },
    ],
    [
      'v1',
      'PersistentVolume',
      'k8s.io.api.core.v1.PersistentVolume',
      { spec: { persistentVolumeSource: { hostPath: { path: '/x' } }, accessModes: ['ReadWriteOnce'] } },
      { spec: { hostPath: { path: '/x' }, accessModes: ['ReadWriteOnce'] } },
    ],
    [
      'v1',
      'Service',
      'k8s.io.api.core.v1.Service',
      {
        spec: {
          ports: [
            { port: 80, targetPort: { type: 0, intVal: 8080, strVal: '' } },
            { port: 0, targetPort: { type: 1, intVal: 0, strVal: 'web' } },
          ],
        },
      },
      {
        spec: {
          ports: [
            { port: 80, targetPort: 8080 },
            { port: 0, targetPort: 'web' },
          ],
        },
      },
    ],
    [
      'coordination.k8s.io/v1',
      'Lease',
      'k8s.io.api.coordination.v1.Lease',
      { spec: { holderIdentity: 'me', leaseTransitions: 0, renewTime: { seconds: 1700000000, nanos: 12345678 } } },
      { spec: { holderIdentity: 'me', leaseTransitions: 0, renewTime: '2023-11-14T22:13:20.012345Z' } },
    ],
    [
      'v1',
      'Event',
      'k8s.io.api.core.v1.Event',
      { firstTimestamp: { seconds: 1700000000, nanos: 5 }, lastTimestamp: {}, eventTime: {}, count: 2, reason: '' },
      { firstTimestamp: '2023-11-14T22:13:20Z', lastTimestamp: null, eventTime: null, count: 2 },
    ],
    [
      'events.k8s.io/v1',
      'DeleteOptions',
      `${meta}.DeleteOptions`,
      { gracePeriodSeconds: 0, preconditions: { uid: 'u' }, propagationPolicy: 'Orphan' },
      { gracePeriodSeconds: 0, preconditions: { uid: 'u' }, propagationPolicy: 'Orphan' },
    ],
    [
      'authorization.k8s.io/v1',
      'SubjectAccessReview',
      'k8s.io.api.authorization.v1.SubjectAccessReview',
      { spec: { user: 'u', extra: { scopes: { items: ['a', 'b'] } } } },
      { spec: { user: 'u', extra: { scopes: ['a', 'b'] } } },
    ],
    [
      'authentication.k8s.io/v1',
      'TokenRequest',
      'k8s.io.api.authentication.v1.TokenRequest',
      { spec: { boundObjectRef: { kind: 'Secret', uID: 'u' } } },
      { spec: { boundObjectRef: { kind: 'Secret', uid: 'u' } } },
    ],
    [
      'v1',
      'Namespace',
      'k8s.io.api.core.v1.Namespace',
      {
        metadata: {
          generation: 9007199254740993n,
          deletionGracePeriodSeconds: 0,
          ownerReferences: [{ name: 'o', controller: false, blockOwnerDeletion: true }],
          managedFields: [{ manager: 'm', fieldsV1: { Raw: new TextEncoder().encode('{"f:spec":{}}') } }],
        },
      },
      {
        metadata: {
          generation: 9007199254740993n,
          deletionGracePeriodSeconds: 0,
          ownerReferences: [{ name: 'o', controller: false, blockOwnerDeletion: true }],
          managedFields: [{ manager: 'm', fieldsV1: { 'f:spec': {} } }],
        },
      },
    ],
    [
      'admissionregistration.k8s.io/v1',
      'ValidatingAdmissionPolicy',
      'k8s.io.api.admissionregistration.v1.ValidatingAdmissionPolicy',
      {
        spec: {
          matchConstraints: {
            resourceRules: [{ ruleWithOperations: { operations: ['CREATE'], rule: { apiGroups: [''], scope: '*' } } }],
          },
          validations: [{ Expression: 'true', message: '' }],
          variables: [{ Name: 'n', Expression: '1' }],
        },
      },
      {
        spec: {
          matchConstraints: { resourceRules: [{ operations: ['CREATE'], apiGroups: [''], scope: '*' }] },
          validations: [{ expression: 'true' }],
          variables: [{ name: 'n', expression: '1' }],
        },
      },
    ],
    [
      'apiextensions.k8s.io/v1',
      'CustomResourceDefinition',
      'k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition',
      {
        spec: {
          group: 'example.com',
          versions: [
            {
              name: 'v1',
              served: true,
              storage: false,
              schema: {
                openAPIV3Schema: {
                  type: 'object',
                  ref: '#/x',
                  properties: {
                    n: {
                      type: 'integer',
                      minimum: 0,
                      default: { raw: new TextEncoder().encode('7') },
                      nullable: false,
                    },
                    list: { type: 'array', items: { schema: { type: 'string' } }, xKubernetesListType: 'set' },
                    pair: { items: { jSONSchemas: [{ type: 'string' }, { type: 'boolean' }] } },
                    any: { xKubernetesPreserveUnknownFields: true, additionalProperties: { allows: true } },
                    map: { additionalProperties: { schema: { type: 'string' } } },
                    one: {
                      enum: [{ raw: new TextEncoder().encode('"a"') }, { raw: new TextEncoder().encode('null') }],
                    },
                    dep: { dependencies: { a: { property: ['b'] } } },
                  },
                },
              },
              subresources: { status: {} },
            },
          ],
        },
      },
      {
        spec: {
          group: 'example.com',
          versions: [
            {
              name: 'v1',
              served: true,
              storage: false,
              schema: {
                openAPIV3Schema: {
                  type: 'object',
                  $ref: '#/x',
                  properties: {
                    n: { type: 'integer', minimum: 0, default: 7 },
                    list: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
                    pair: { items: [{ type: 'string' }, { type: 'boolean' }] },
                    any: { 'x-kubernetes-preserve-unknown-fields': true, additionalProperties: true },
                    map: { additionalProperties: { type: 'string' } },
                    one: { enum: ['a', null] },
                    dep: { dependencies: { a: ['b'] } },
                  },
                },
              },
              subresources: { status: {} },
            },
          ],
        },
      },
    ],
  ])('%s %s %#', (apiVersion, kind, name, message, json) => {
    expect(decodeProtobuf(body(apiVersion, kind, name, message))).toEqual({ apiVersion, kind, ...json });
  });

  it('reads an empty message of every kind that has a table', () => {
    const kinds = Object.keys(k8s.messages).filter(name => /^k8s\.io\.api\.\w+\.v1\.\w+$/.test(name));
    for (const name of kinds) {
      const [group = '', version = '', kind = ''] = name.replace('k8s.io.api.', '').split('.');
      const apiVersion = group === 'core' ? version : `${group}.k8s.io/${version}`;
      expect(decodeProtobuf(body(apiVersion, kind, name, {}))).toEqual({ apiVersion, kind });
    }
    expect(kinds.length).toBeGreaterThan(100);
  });

  it('refuses what is no such message', () => {
    expect(failure(new Uint8Array([1, 2, 3]))).toContain('does not appear to be a protobuf message');
    expect(failure(new Uint8Array([0x6b, 0x38, 0x73, 0, 0xff]))).toContain('Unknown');
    const name = 'k8s.io.api.core.v1.ConfigMap';
    expect(failure(body('v1', 'Gadget', name, {}))).toBe('no kind "Gadget" is registered for version "v1" in scheme');
    const data = Object.defineProperty({}, '__proto__', { value: 'x', enumerable: true });
    expect(failure(body('v1', 'ConfigMap', name, { data }))).toBe('the key "__proto__" is not allowed');
    const broken = { metadata: { managedFields: [{ fieldsV1: { Raw: new Uint8Array([0x7b]) } }] } };
    expect(failure(body('v1', 'ConfigMap', name, broken))).toBe('unexpected end of JSON input');
    const late = { metadata: { creationTimestamp: { seconds: 1e15 } } };
    expect(failure(body('v1', 'ConfigMap', name, late))).toContain('out of range');
  });
});
