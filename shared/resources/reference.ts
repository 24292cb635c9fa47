import * as z from 'zod';
import { text } from './text.ts';

/** Kubernetes' ObjectReference: one object of any kind. */
export const objectReference = (description: string) =>
  z
    .object({
      apiVersion: text('API version of the object, `group/version`.').optional(),
      kind: text('Kind of the object.').optional(),
      namespace: text('Namespace of the object; empty for cluster-scoped ones.').optional(),
      name: text('Name of the object.').optional(),
      uid: text('UID of the object, when this very object and no later namesake is meant.').optional(),
      resourceVersion: text('Version of the object that was looked at.').optional(),
      fieldPath: text('A part of the object instead of all of it, such as `spec.containers{name}`.').optional(),
    })
    .meta({ description, 'x-kubernetes-map-type': 'atomic' });

export interface ObjectReference {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly fieldPath?: string;
}
