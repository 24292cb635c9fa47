/** A query parameter, the same in both versions of OpenAPI. */
export interface QueryParameter {
  readonly type: 'string' | 'integer' | 'boolean';
  readonly description: string;
}

export type QueryName = keyof typeof queryParameters;

/** What every operation takes. */
export const pretty: QueryParameter = { type: 'string', description: 'If "true", the answer is indented.' };

export const queryParameters = {
  allowWatchBookmarks: {
    type: 'boolean',
    description: 'Let a watch send bookmarks: events that only tell its version.',
  },
  continue: { type: 'string', description: 'Token of the previous page, to get the next one.' },
  dryRun: { type: 'string', description: '"All": go through every stage but change nothing.' },
  fieldManager: { type: 'string', description: 'Name of who makes the change, at most 128 characters.' },
  fieldSelector: { type: 'string', description: 'Selects objects by fields, such as metadata.name=a. Default: all.' },
  fieldValidation: {
    type: 'string',
    description:
      'What to do about unknown and duplicate fields: Ignore drops them, Warn (the default) drops them with a warning, ' +
      'Strict refuses the request.',
  },
  force: {
    type: 'boolean',
    description: 'Server-side apply: take fields that other managers own instead of refusing. Not for other patches.',
  },
  gracePeriodSeconds: { type: 'integer', description: 'Seconds that the object has to end by itself.' },
  labelSelector: { type: 'string', description: 'Selects objects by labels. Default: all.' },
  limit: { type: 'integer', description: 'Most objects that one page may have. The rest is had with continue.' },
  orphanDependents: { type: 'boolean', description: 'Deprecated: use propagationPolicy Orphan.' },
  propagationPolicy: { type: 'string', description: 'What becomes of dependents: Orphan, Background or Foreground.' },
  resourceVersion: { type: 'string', description: 'Version that the answer starts from or must have reached.' },
  resourceVersionMatch: { type: 'string', description: 'How resourceVersion is meant: Exact or NotOlderThan.' },
  sendInitialEvents: { type: 'boolean', description: 'Begin a watch with the state that there is, then a bookmark.' },
  timeoutSeconds: { type: 'integer', description: 'Seconds after which a list or watch ends.' },
  watch: { type: 'boolean', description: 'Follow changes instead of listing.' },
} as const satisfies Record<string, QueryParameter>;

/** Parts of a path, by their name in braces. */
export const pathParameters: Readonly<Record<string, (kind: string) => string>> = {
  name: kind => `Name of the ${kind}.`,
  namespace: () => 'Namespace that the object lives in.',
};

/** Names of the parts in braces, in the order of the path. */
export const partsOf = (path: string): string[] => [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
