import { describe, expect, it } from 'vitest';
import type { Fault } from '../../shared/base/fault.ts';
import { cause } from '../../shared/base/path.ts';
import * as faults from '../../shared/kube/faults.ts';
import { toStatus, toSuccess } from '../../shared/kube/wire/status.ts';

const widgets = { group: 'example.com', plural: 'widgets' };
const maps = { group: '', plural: 'configmaps' };
const user = { name: 'u<1>', groups: [] };
const place = { group: 'example.com', version: 'v1', resource: 'widgets' };

describe('faults', () => {
  it.each<[Fault, number, string, string, object | undefined]>([
    [
      faults.notFound(widgets, 'a'),
      404,
      'NotFound',
      'widgets.example.com "a" not found',
      { name: 'a', group: 'example.com', kind: 'widgets' },
    ],
    [faults.notFound(maps, 'a'), 404, 'NotFound', 'configmaps "a" not found', { name: 'a', kind: 'configmaps' }],
    [
      faults.alreadyExists(maps, 'a', true),
      409,
      'AlreadyExists',
      'object is being deleted: configmaps "a" already exists',
      { name: 'a', kind: 'configmaps' },
    ],
    [
      faults.generateNameConflict(maps, 'a-x'),
      409,
      'AlreadyExists',
      'configmaps "a-x" already exists, the server was not able to generate a unique name for the object',
      { name: 'a-x', kind: 'configmaps', retryAfterSeconds: 1 },
    ],
    [
      faults.conflict(widgets, 'a'),
      409,
      'Conflict',
      'Operation cannot be fulfilled on widgets.example.com "a": the object has been modified; please apply your changes to the latest version and try again',
      { name: 'a', group: 'example.com', kind: 'widgets' },
    ],
    [
      faults.invalid('Widget', 'example.com', 'a', [cause.required('spec.x')]),
      422,
      'Invalid',
      'Widget.example.com "a" is invalid: spec.x: Required value',
      {
        name: 'a',
        group: 'example.com',
        kind: 'Widget',
        causes: [{ reason: 'FieldValueRequired', message: 'Required value', field: 'spec.x' }],
      },
    ],
    [
      faults.invalid('ConfigMap', '', 'a', [cause.required('x'), cause.invalid('y', 'v', 'no'), cause.required('x')]),
      422,
      'Invalid',
      'ConfigMap "a" is invalid: [x: Required value, y: Invalid value: "v": no]',
      {
        name: 'a',
        kind: 'ConfigMap',
        causes: [
          { reason: 'FieldValueRequired', message: 'Required value', field: 'x' },
          { reason: 'FieldValueInvalid', message: 'Invalid value: "v": no', field: 'y' },
          { reason: 'FieldValueRequired', message: 'Required value', field: 'x' },
        ],
      },
    ],
    [
      faults.invalidOptions('ListOptions', [cause.forbidden('resourceVersionMatch', 'no')]),
      422,
      'Invalid',
      'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: no',
      {
        group: 'meta.k8s.io',
        kind: 'ListOptions',
        causes: [{ reason: 'FieldValueForbidden', message: 'Forbidden: no', field: 'resourceVersionMatch' }],
      },
    ],
    [
      faults.unauthorizedFor({ user, verb: 'get', resource: { ...place, name: 'a', namespace: 'n' } }, 'RBAC: x'),
      403,
      'Forbidden',
      'widgets.example.com "a" is forbidden: User "u&lt;1&gt;" cannot get resource "widgets" in API group "example.com" in the namespace "n": RBAC: x',
      { name: 'a', group: 'example.com', kind: 'widgets' },
    ],
    [
      faults.unauthorizedFor({ user, verb: 'list', resource: { ...place, subresource: 'status' } }),
      403,
      'Forbidden',
      'widgets.example.com is forbidden: User "u&lt;1&gt;" cannot list resource "widgets/status" in API group "example.com" at the cluster scope',
      { group: 'example.com', kind: 'widgets' },
    ],
    [
      faults.unauthorizedFor({ user, verb: 'get', path: '/x&y' }),
      403,
      'Forbidden',
      'forbidden: User "u&lt;1&gt;" cannot get path "/x&amp;y"',
      {},
    ],
    [faults.unauthorized(), 401, 'Unauthorized', 'Unauthorized', undefined],
    [faults.badRequest('why'), 400, 'BadRequest', 'why', undefined],
    [
      faults.strictDecoding({ kind: 'Widget', version: 'v1' }, ['unknown field "a"', 'duplicate field "b"']),
      400,
      'BadRequest',
      'Widget in version "v1" cannot be handled as a Widget: strict decoding error: unknown field "a", duplicate field "b"',
      undefined,
    ],
    [
      faults.methodNotAllowed(widgets, 'create'),
      405,
      'MethodNotAllowed',
      'create is not supported on resources of kind "widgets.example.com"',
      { group: 'example.com', kind: 'widgets' },
    ],
    [
      faults.bodyTooLarge(3145728),
      413,
      'RequestEntityTooLarge',
      'Request entity too large: limit is 3145728',
      undefined,
    ],
    [
      faults.tooLargeResourceVersion(999, 100),
      504,
      'Timeout',
      'Timeout: Too large resource version: 999, current: 100',
      {
        causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
        retryAfterSeconds: 1,
      },
    ],
    [
      faults.tooManyRequests('slow down'),
      429,
      'TooManyRequests',
      'Too many requests: slow down',
      { retryAfterSeconds: 1 },
    ],
    [
      faults.serverTimeout(maps, 'create'),
      500,
      'ServerTimeout',
      'The create operation against configmaps could not be completed at this time, please try again.',
      { kind: 'configmaps', retryAfterSeconds: 2 },
    ],
    [
      faults.internalError('oops', new Error('secret detail')),
      500,
      'InternalError',
      'Internal error occurred: oops',
      { causes: [{ message: 'oops' }] },
    ],
  ])('%#', (fault, code, reason, message, details) => {
    expect(toStatus(fault)).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      reason,
      ...(details && { details }),
      code,
    });
  });

  it('hand out the token to go on with after a page expired', () => {
    expect(toStatus(faults.expired('too old', 'token'))).toMatchObject({ code: 410, metadata: { continue: 'token' } });
  });

  it('tell the uid of what was deleted', () => {
    expect(toSuccess({ name: 'a', ...widgets, uid: 'u' })).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: { name: 'a', group: 'example.com', kind: 'widgets', uid: 'u' },
    });
  });
});
