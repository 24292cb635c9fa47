import type { Catalog } from '../catalog.ts';
import type { Checks } from './health.ts';

/** What `GET /` tells: paths to go on from, in the order of their bytes. `more` are those that are not always there. */
export const toRootPaths = (catalog: Catalog, checks: Checks, more: readonly string[]): string[] => {
  const groups = catalog
    .all()
    .flatMap(({ group, version }) =>
      group === '' ? [`/api/${version}`] : [`/apis/${group}`, `/apis/${group}/${version}`],
    );
  const health = (['healthz', 'livez', 'readyz'] as const).flatMap(name => [
    `/${name}`,
    `/${name}/ping`,
    ...(checks[name] ?? []).map(check => `/${name}/${check.name}`),
  ]);
  return [...new Set(['/api', '/apis', '/apis/', ...groups, ...health, ...documents, ...more])].sort();
};

const documents = ['/openapi/v2', '/openapi/v3', '/openapi/v3/', '/version'];
