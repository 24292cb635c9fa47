import type { Schema } from './schema.ts';

const text = (description: string): Schema => ({ type: 'string', description });
const time = (description: string): Schema => ({ type: 'string', format: 'date-time', description });
const texts = (description: string): Schema => ({
  type: 'object',
  additionalProperties: { type: 'string' },
  description,
});

const ownerReference: Schema = {
  type: 'object',
  description: 'An object that this one depends on: when the last owner is gone, so is the dependent.',
  required: ['apiVersion', 'kind', 'name', 'uid'],
  properties: {
    apiVersion: text('API version of the owner.'),
    kind: text('Kind of the owner.'),
    name: text('Name of the owner.'),
    uid: text('UID of the owner: a later object of the same name is not the owner.'),
    controller: { type: 'boolean', description: 'True for the one owner that manages this object.' },
    blockOwnerDeletion: {
      type: 'boolean',
      description: 'Whether a foreground deletion of the owner waits for this object to go.',
    },
  },
  'x-kubernetes-map-type': 'atomic',
};

const managedFields: Schema = {
  type: 'object',
  description: 'The fields that one manager set, and when.',
  properties: {
    manager: text('Who: the name that the client gave itself.'),
    operation: text('How the fields came to be owned: Apply or Update.'),
    apiVersion: text('Version of the resource in which the fields are named.'),
    time: time('When an owned field was last added, changed or removed.'),
    fieldsType: text('Format of the field set; FieldsV1 is the only one.'),
    fieldsV1: {
      type: 'object',
      description: 'The set of fields, as a trie.',
      'x-kubernetes-preserve-unknown-fields': true,
    },
    subresource: text('Subresource through which the fields were written; empty for the main resource.'),
  },
};

/** `metadata` of every object: what is known in it, how patches merge it, and what `kubectl explain` says about it. */
export const metadataSchema: Schema = {
  type: 'object',
  description: 'What every object has: its identity, its labels, and the marks of its life cycle.',
  properties: {
    name: text('Name, unique within the namespace and kind. Cannot be changed.'),
    generateName: text('Prefix from which a unique name is made when no name is given.'),
    namespace: text('Namespace that the object lives in; empty for kinds of the whole cluster. Cannot be changed.'),
    selfLink: text('No longer filled in; accepted and ignored.'),
    uid: text('Identity in time and space: no other object, earlier or later, has the same.'),
    resourceVersion: text('Version of the stored object: a decimal number that rises with every write to the kind.'),
    generation: {
      type: 'integer',
      format: 'int64',
      description: 'Rises whenever the desired state changes.',
    },
    creationTimestamp: time('When the object was created, by the server.'),
    deletionTimestamp: time('When the object was asked to go. It stays until its finalizers are gone.'),
    deletionGracePeriodSeconds: {
      type: 'integer',
      format: 'int64',
      description: 'Seconds that the object was given to end by itself.',
    },
    labels: texts('Keys and values by which objects are selected and grouped.'),
    annotations: texts('Keys and values for tools and people; not selectable.'),
    ownerReferences: {
      type: 'array',
      description: 'Objects that this one depends on. At most one of them is the managing controller.',
      items: ownerReference,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['uid'],
      'x-kubernetes-patch-strategy': 'merge',
      'x-kubernetes-patch-merge-key': 'uid',
    },
    finalizers: {
      type: 'array',
      description: 'Names of those who must act before the object may go. None may be added once it is being deleted.',
      items: { type: 'string' },
      'x-kubernetes-list-type': 'set',
      'x-kubernetes-patch-strategy': 'merge',
    },
    managedFields: {
      type: 'array',
      description: 'Which manager set which fields. Kept by the server.',
      items: managedFields,
      'x-kubernetes-list-type': 'atomic',
    },
  },
};
