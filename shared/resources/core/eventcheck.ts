import { isEqual } from '../../base/equal.ts';
import type { Cause } from '../../base/fault.ts';
import { cause } from '../../base/path.ts';
import { qualifiedNameErrors } from '../../kube/names.ts';
import type { Event } from './event.ts';

const maxName = 128;
const maxNote = 1024;

/**
 * What both APIs ask of an Event (kubernetes-api reference §2.2): one with `eventTime` is of the new sort and must be
 * complete. `controllerField` is what the caller's API calls the reporting controller.
 */
export const checkEvent = (event: Event, controllerField: string): Cause[] =>
  event.eventTime
    ? [...checkNamespace(event, ['default', 'kube-system']), ...checkNew(event, controllerField)]
    : checkNamespace(event, ['default']);

/** What events.k8s.io asks beyond that of a new Event: nothing of the old sort. */
export const checkNewEvent = (event: Event): Cause[] => {
  const causes: Cause[] = event.eventTime ? [] : [cause.required('eventTime')];
  causes.push(...checkSeries(event));
  if (event.type !== 'Normal' && event.type !== 'Warning')
    causes.push(cause.invalid('type', '', `has invalid value: ${event.type ?? ''}`));
  const unset = (field: string, isSet: boolean) => {
    if (isSet) causes.push(cause.invalid(field, '', 'needs to be unset'));
  };
  unset('firstTimestamp', Boolean(event.firstTimestamp));
  unset('lastTimestamp', Boolean(event.lastTimestamp));
  unset('count', Boolean(event.count));
  unset('source', Boolean(event.source?.component || event.source?.host));
  return causes;
};

const frozen = {
  involvedObject: 'involvedObject',
  reason: 'reason',
  message: 'message',
  source: 'source',
  firstTimestamp: 'firstTimestamp',
  lastTimestamp: 'lastTimestamp',
  count: 'count',
  type: 'type',
  eventTime: 'eventTime',
  action: 'action',
  related: 'related',
  reportingComponent: 'reportingController',
  reportingInstance: 'reportingInstance',
} as const;

/** events.k8s.io: only the series may change. */
export const checkEventUpdate = (now: Event, old: Event): Cause[] => [
  ...(isEqual(now.series, old.series) ? [] : checkSeries(now)),
  ...Object.entries(frozen)
    .filter(([field]) => !isEqual(now[field] ?? null, old[field] ?? null))
    .map(([field, name]) => cause.invalid(name, now[field] ?? null, 'field is immutable')),
];

const checkNamespace = (event: Event, forClusterScoped: readonly string[]): Cause[] => {
  const about = event.involvedObject?.namespace ?? '';
  const own = event.metadata.namespace ?? '';
  const fits = about === '' ? own === '' || forClusterScoped.includes(own) : about === own;
  return fits ? [] : [cause.invalid('involvedObject.namespace', about, 'does not match event.namespace')];
};

const checkNew = (event: Event, controllerField: string): Cause[] => {
  const { reportingComponent = '', reportingInstance = '', action = '', reason = '', message = '' } = event;
  return [
    ...(reportingComponent === '' ? [cause.required(controllerField)] : []),
    ...qualifiedNameErrors(reportingComponent).map(text => cause.invalid(controllerField, reportingComponent, text)),
    ...checkLength('reportingInstance', reportingInstance),
    ...checkLength('action', action),
    ...checkLength('reason', reason),
    ...(message.length > maxNote ? [cause.invalid('message', '', `can have at most ${maxNote} characters`)] : []),
  ];
};

const checkLength = (field: string, text: string): Cause[] => {
  if (text === '') return [cause.required(field)];
  return text.length > maxName ? [cause.invalid(field, '', `can have at most ${maxName} characters`)] : [];
};

const checkSeries = ({ series }: Event): Cause[] => {
  if (!series) return [];
  return [
    ...((series.count ?? 0) < 2 ? [cause.invalid('series.count', '', 'should be at least 2')] : []),
    ...(series.lastObservedTime ? [] : [cause.required('series.lastObservedTime')]),
  ];
};
