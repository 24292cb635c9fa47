import type { Labels, Metrics } from '../base/metrics.ts';
import type { Clock } from '../base/ports.ts';
import type { Fairness } from './access/fairness.ts';
import type { Catalog } from './catalog.ts';
import { isTrue } from './query.ts';
import type { RequestInfo } from './request.ts';
import type { ResourceType } from './resource.ts';

/** Counts requests under the names that dashboards of Kubernetes know. */
export interface Meter {
  /** A request begins; the answer is called when it was answered, with the code. */
  begin(request: Request, url: URL): (info: RequestInfo | undefined, code: number) => void;
  /** A watch was let in; the answer is called when it is over. */
  stay(info: RequestInfo): () => void;
}

export interface MeterParts {
  readonly metrics: Metrics;
  readonly catalog: Catalog;
  readonly fairness: Fairness;
  readonly clock: Clock;
}

const placeLabels = ['verb', 'group', 'version', 'resource', 'subresource', 'scope', 'component'] as const;
type Place = Labels<(typeof placeLabels)[number]>;

/** Objects and users are no labels: there is no end of them. Resources are those that are served, and no others. */
export const createMeter = ({ metrics, catalog, fairness, clock }: MeterParts): Meter => {
  const labels = [...placeLabels, 'dry_run'] as const;
  const total = metrics.counter({
    name: 'apiserver_request_total',
    help: 'Requests by what they were for, and the code of their answer.',
    labels: [...labels, 'code'],
  });
  const duration = metrics.histogram(
    {
      name: 'apiserver_request_duration_seconds',
      help: 'From a request to its answer. Watches are not among them.',
      labels,
    },
    buckets,
  );
  const running = { readOnly: 0, mutating: 0 };
  metrics.gauge(
    { name: 'apiserver_current_inflight_requests', help: 'Requests that run now.', labels: ['request_kind'] },
    () => Object.entries(running).map(([kind, value]) => ({ labels: { request_kind: kind }, value })),
  );
  const open = new Map<string, { readonly labels: Place; value: number }>();
  metrics.gauge(
    { name: 'apiserver_longrunning_requests', help: 'Watches that are open now.', labels: placeLabels },
    () => open.values(),
  );
  measureFairness(metrics, fairness);
  return {
    begin(request, url) {
      const start = clock.now();
      const kind = readOnly.has(request.method) ? 'readOnly' : 'mutating';
      running[kind] += 1;
      return (info, code) => {
        running[kind] -= 1;
        const place = toPlace(catalog, info, request);
        const tried = { ...place, dry_run: isTrue(url.searchParams, 'dryRun') ? 'All' : '' };
        total.add({ ...tried, code: String(code) });
        if (place.verb !== 'WATCH') duration.observe(tried, (clock.now() - start) / 1000);
      };
    },
    stay(info) {
      const place = toPlace(catalog, info);
      const key = JSON.stringify(place);
      const one = open.get(key) ?? { labels: place, value: 0 };
      open.set(key, one);
      one.value += 1;
      let isOver = false;
      return () => {
        if (isOver) return;
        isOver = true;
        one.value -= 1;
      };
    },
  };
};

/** Upper bounds in seconds, as upstream has them. */
const buckets = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60];

const readOnly: ReadonlySet<string> = new Set(['GET', 'HEAD']);

const toPlace = (catalog: Catalog, info: RequestInfo | undefined, request?: Request): Place => {
  const { resource } = info ?? {};
  const type = resource && catalog.byResource(resource.group, resource.version, resource.plural);
  return {
    verb: toVerb(info, request),
    group: type?.group ?? '',
    version: type?.version ?? '',
    resource: type?.plural ?? '',
    subresource: (type && toSubresource(type, resource?.subresource)) ?? '',
    scope: toScope(info),
    component: 'apiserver',
  };
};

/** Verbs as dashboards know them; methods that nobody serves are one. */
const toVerb = (info: RequestInfo | undefined, request: Request | undefined): string => {
  if (info?.verb === 'patch' && request?.headers.get('content-type')?.startsWith('application/apply-patch'))
    return 'APPLY';
  return verbs[info?.verb ?? request?.method.toLowerCase() ?? ''] ?? 'other';
};

const verbs: Readonly<Record<string, string>> = {
  create: 'POST',
  delete: 'DELETE',
  deletecollection: 'DELETECOLLECTION',
  get: 'GET',
  head: 'HEAD',
  list: 'LIST',
  options: 'OPTIONS',
  patch: 'PATCH',
  post: 'POST',
  put: 'PUT',
  update: 'PUT',
  watch: 'WATCH',
};

const toSubresource = (type: ResourceType, name: string | undefined): string | undefined => {
  const isKnown =
    (name === 'status' && type.hasStatus) ||
    (name === 'scale' && type.scale) ||
    (name !== undefined && Object.hasOwn(type.actions, name));
  return isKnown ? name : undefined;
};

const toScope = (info: RequestInfo | undefined): string => {
  if (!info?.resource) return '';
  const { name, namespace } = info.resource;
  if (name !== undefined || info.verb === 'create') return 'resource';
  return namespace === undefined ? 'cluster' : 'namespace';
};

/** All users share one level of priority, and each has a queue of its own. */
const level = { priority_level: 'global-default', flow_schema: 'global-default' };

const measureFairness = (metrics: Metrics, fairness: Fairness): void => {
  const names = ['priority_level', 'flow_schema'] as const;
  metrics.gauge(
    {
      name: 'apiserver_flowcontrol_current_executing_requests',
      help: 'Requests that have a seat.',
      labels: names,
    },
    () => [{ labels: level, value: fairness.load().executing }],
  );
  metrics.gauge(
    {
      name: 'apiserver_flowcontrol_current_inqueue_requests',
      help: 'Requests that wait for a seat.',
      labels: names,
    },
    () => [{ labels: level, value: fairness.load().waiting }],
  );
  metrics.total(
    {
      name: 'apiserver_flowcontrol_rejected_requests_total',
      help: 'Requests that were told to come back later.',
      labels: [...names, 'reason'],
    },
    () => Object.entries(fairness.load().rejected).map(([reason, value]) => ({ labels: { ...level, reason }, value })),
  );
};
