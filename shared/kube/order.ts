/**
 * Kubernetes' order of versions: `v10 > v2 > v1 > v11beta2 > v10beta3 > v12alpha1 > foo1 > foo10`. Negative when `a` comes
 * before (is preferred to) `b`. Source: apimachinery `version.CompareKubeAwareVersionStrings`.
 */
export const compareVersions = (a: string, b: string): number => {
  const [left, right] = [parse(a), parse(b)];
  if (!left || !right) return left ? -1 : right ? 1 : byText(a, b);
  return right.stage - left.stage || right.major - left.major || right.minor - left.minor;
};

/** Order of groups in discovery: the higher the earlier; clients take the first group that has a resource's name. */
export const groupPriority = (group: string): number => priorities[group] ?? 1000;

/** As kube-apiserver registers its own groups; custom resources all have 1000. */
const priorities: Readonly<Record<string, number>> = {
  '': 18000,
  apps: 17800,
  'events.k8s.io': 17750,
  'authentication.k8s.io': 17700,
  'authorization.k8s.io': 17600,
  autoscaling: 17500,
  'networking.k8s.io': 17200,
  'rbac.authorization.k8s.io': 17000,
  'storage.k8s.io': 16800,
  'apiextensions.k8s.io': 16700,
  'coordination.k8s.io': 16500,
  'flowcontrol.apiserver.k8s.io': 16100,
};

const parse = (version: string) => {
  const match = /^v([1-9][0-9]*)(?:(alpha|beta)([1-9][0-9]*))?$/.exec(version);
  if (!match) return undefined;
  const stage = match[2] === undefined ? 2 : match[2] === 'beta' ? 1 : 0;
  return { stage, major: Number(match[1]), minor: Number(match[3] ?? 0) };
};

export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
