import * as z from 'zod';
import type { ApiObject } from '../../base/object.ts';
import type { Column } from '../../kube/resource.ts';
import { defineResource } from '../define.ts';
import { type ObjectReference, objectReference } from '../reference.ts';
import { int32, text } from '../text.ts';
import { microTime, time } from '../time.ts';
import { checkEvent } from './eventcheck.ts';

/** An Event as it is stored: the core/v1 form (kubernetes-api reference §2.2). */
export interface Event extends ApiObject {
  readonly involvedObject?: ObjectReference;
  readonly reason?: string;
  readonly message?: string;
  readonly source?: { readonly component?: string; readonly host?: string };
  readonly firstTimestamp?: string | null;
  readonly lastTimestamp?: string | null;
  readonly count?: number;
  readonly type?: string;
  readonly eventTime?: string | null;
  readonly series?: { readonly count?: number; readonly lastObservedTime?: string | null } | null;
  readonly action?: string;
  readonly related?: ObjectReference | null;
  readonly reportingComponent?: string;
  readonly reportingInstance?: string;
}

/** How long an Event lives after it was last written. */
export const eventLifetimeMs = 3_600_000;

export const eventSeries = () =>
  z
    .object({
      count: int32('How often it happened so far.').optional(),
      lastObservedTime: microTime('When it last happened.').optional(),
    })
    .meta({ description: 'What the event is a repetition of.' });

export const eventSource = (description: string) =>
  z
    .object({
      component: text('The program.').optional(),
      host: text('Where it runs.').optional(),
    })
    .meta({ description });

export const event = defineResource(
  {
    version: 'v1',
    kind: 'Event',
    plural: 'events',
    shortNames: ['ev'],
    scope: 'Namespaced',
    native: true,
    description: 'Something that happened to an object. Events are for people; they vanish after an hour.',
    fields: () => ({
      involvedObject: objectReference('The object that it happened to.'),
      reason: text('What happened, in one word for programs.'),
      message: text('What happened, for people.'),
      source: eventSource('Who tells of it.'),
      firstTimestamp: time('When it first happened.'),
      lastTimestamp: time('When it last happened.'),
      count: int32('How often it happened.'),
      type: text('Normal or Warning.'),
      eventTime: microTime('When it happened, exactly.'),
      series: eventSeries(),
      action: text('What was done about it.'),
      related: objectReference('A second object that had to do with it.'),
      reportingComponent: text('Who tells of it, as a qualified name.'),
      reportingInstance: text('Which instance of it.'),
    }),
    required: ['involvedObject'],
  },
  {
    columns: eventColumns(event => event),
    selectable: {
      'involvedObject.kind': 'involvedObject.kind',
      'involvedObject.namespace': 'involvedObject.namespace',
      'involvedObject.name': 'involvedObject.name',
      'involvedObject.uid': 'involvedObject.uid',
      'involvedObject.apiVersion': 'involvedObject.apiVersion',
      'involvedObject.resourceVersion': 'involvedObject.resourceVersion',
      'involvedObject.fieldPath': 'involvedObject.fieldPath',
      reason: 'reason',
      reportingComponent: 'reportingComponent',
      source: 'source.component',
      type: 'type',
    },
    storage: 'objects/core/events',
    allowCreateOnUpdate: true,
    defaults(draft) {
      draft.involvedObject ??= {};
    },
    expiresAt: (_object, now) => now + eventLifetimeMs,
    validate: object => checkEvent(object, 'reportingComponent'),
  },
);

/** Columns of both Event kinds; `read` gives the stored form. */
export function eventColumns(read: (object: ApiObject) => Event): Column[] {
  const column = (name: string, value: (event: Event) => string | number, wide = false): Column => ({
    name,
    type: 'string',
    value: object => value(read(object)),
    ...(wide ? { priority: 1 } : {}),
  });
  return [
    { name: 'Last Seen', type: 'date', description: 'When it last happened', value: object => lastSeen(read(object)) },
    column('Type', event => event.type ?? ''),
    column('Reason', event => event.reason ?? ''),
    column('Object', event => toObject(event.involvedObject)),
    column('Subobject', event => event.involvedObject?.fieldPath ?? '', true),
    column('Source', event => toSource(event), true),
    column('Message', event => (event.message ?? '').trim()),
    { name: 'First Seen', type: 'date', priority: 1, value: object => firstSeen(read(object)) },
    { ...column('Count', event => event.series?.count ?? event.count ?? 1, true), type: 'integer' },
    column('Name', event => event.metadata.name, true),
  ];
}

const lastSeen = (event: Event): string | undefined =>
  event.series?.lastObservedTime ?? event.lastTimestamp ?? firstSeen(event);

const firstSeen = (event: Event): string | undefined =>
  event.firstTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp ?? undefined;

const toObject = (reference: ObjectReference | undefined): string => {
  const kind = (reference?.kind ?? '').toLowerCase();
  return reference?.name ? `${kind}/${reference.name}` : kind;
};

const toSource = ({ source, reportingComponent, reportingInstance }: Event): string =>
  [source?.component || reportingComponent, source?.host || reportingInstance].filter(Boolean).join(', ');
