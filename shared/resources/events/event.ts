import type { ApiObject } from '../../base/object.ts';
import { invalid } from '../../kube/faults.ts';
import { type Event, eventColumns, eventLifetimeMs, eventSeries, eventSource } from '../core/event.ts';
import { checkEvent, checkEventUpdate, checkNewEvent } from '../core/eventcheck.ts';
import { defineResource } from '../define.ts';
import { objectReference } from '../reference.ts';
import { int32, text } from '../text.ts';
import { microTime, time } from '../time.ts';

/** Names of fields here, and of the same fields in the core/v1 form that is stored. */
const renamed = {
  regarding: 'involvedObject',
  note: 'message',
  reportingController: 'reportingComponent',
  deprecatedSource: 'source',
  deprecatedFirstTimestamp: 'firstTimestamp',
  deprecatedLastTimestamp: 'lastTimestamp',
  deprecatedCount: 'count',
} as const;

const toCoreName: ReadonlyMap<string, string> = new Map(Object.entries(renamed));
const fromCoreName: ReadonlyMap<string, string> = new Map(Object.entries(renamed).map(([here, core]) => [core, here]));

const rename = (object: ApiObject, names: ReadonlyMap<string, string>, apiVersion: string): ApiObject => {
  const fields = Object.entries(object).map(([field, value]) => [names.get(field) ?? field, value] as const);
  // Renaming fields beside metadata keeps the object an object.
  return { ...(Object.fromEntries(fields) as unknown as ApiObject), apiVersion };
};

const toCore = (object: ApiObject): Event => rename(object, toCoreName, 'v1');

/** The newer API of Events: the same objects as core/v1 Events, with other names for some fields. */
export const newEvent = defineResource(
  {
    group: 'events.k8s.io',
    version: 'v1',
    kind: 'Event',
    plural: 'events',
    scope: 'Namespaced',
    native: true,
    description: 'Something that happened to an object. Events are for people; they vanish after an hour.',
    fields: () => ({
      eventTime: microTime('When it first happened, exactly.'),
      series: eventSeries(),
      reportingController: text('Who tells of it, as a qualified name.'),
      reportingInstance: text('Which instance of it.'),
      action: text('What was done about it.'),
      reason: text('What happened, in one word for programs.'),
      regarding: objectReference('The object that it happened to.'),
      related: objectReference('A second object that had to do with it.'),
      note: text('What happened, for people.'),
      type: text('Normal or Warning.'),
      deprecatedSource: eventSource('Who tells of it, in the older form.'),
      deprecatedFirstTimestamp: time('When it first happened, in the older form.'),
      deprecatedLastTimestamp: time('When it last happened, in the older form.'),
      deprecatedCount: int32('How often it happened, in the older form.'),
    }),
  },
  {
    columns: eventColumns(toCore),
    selectable: [
      'regarding.kind',
      'regarding.namespace',
      'regarding.name',
      'regarding.uid',
      'regarding.apiVersion',
      'regarding.resourceVersion',
      'regarding.fieldPath',
      'reason',
      'reportingController',
      'type',
    ],
    storage: 'objects/core/events',
    fromStored: stored => rename(stored, fromCoreName, 'events.k8s.io/v1'),
    toStored: toCore,
    allowCreateOnUpdate: true,
    expiresAt: (_object, now) => now + eventLifetimeMs,
    // Only what is created must be wholly of the new sort: an older Event may live on under this API.
    async admit(draft, old) {
      if (old) return;
      const event = toCore(draft);
      const causes = [...checkEvent(event, 'reportingController'), ...checkNewEvent(event)];
      // Refused as an Event of the core group, as upstream does: that is how it would be stored.
      if (causes.length > 0) throw invalid('Event', '', draft.metadata.name, causes);
    },
    validate: object => checkEvent(toCore(object), 'reportingController'),
    validateUpdate: (now, old) => checkEventUpdate(toCore(now), toCore(old)),
  },
);
