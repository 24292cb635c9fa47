import type { Cause } from '../../base/fault.ts';
import { cause, type Path } from '../../base/path.ts';
import { label1035Errors, subdomainErrors } from '../names.ts';
import { conversionCauses } from './conversion.ts';
import type { Definition, DefinitionNames, DefinitionSpec, DefinitionVersion } from './definition.ts';
import { hasCondition } from './definition.ts';
import { versionCauses } from './version.ts';

/** All that is wrong with a definition (kubernetes-api reference §4). */
export const definitionCauses = (definition: Definition): Cause[] => {
  const { metadata, spec = {} } = definition;
  const { plural = '' } = spec.names ?? {};
  const causes = [
    ...groupCauses(spec),
    ...nameCauses(spec.names ?? {}),
    ...versionsCauses(spec),
    ...conversionCauses(spec),
  ];
  if (metadata.name !== `${plural}.${spec.group ?? ''}`)
    causes.unshift(cause.invalid('metadata.name', metadata.name, 'must be spec.names.plural+"."+spec.group'));
  return [...causes, ...approvalCauses(definition)];
};

/** What of a definition may not change (kubernetes-api reference §4). */
export const definitionChangeCauses = (now: Definition, old: Definition): Cause[] => {
  const causes: Cause[] = [];
  const frozen = (field: string, value: unknown, before: unknown): void => {
    if (value !== before) causes.push(cause.invalid(field, value ?? '', 'field is immutable'));
  };
  frozen('spec.group', now.spec?.group, old.spec?.group);
  frozen('spec.names.plural', now.spec?.names?.plural, old.spec?.names?.plural);
  if (hasCondition(old, 'Established')) {
    frozen('spec.scope', now.spec?.scope, old.spec?.scope);
    frozen('spec.names.kind', now.spec?.names?.kind, old.spec?.names?.kind);
  }
  return [...causes, ...storedVersionCauses(now)];
};

/** Versions in which instances may still be stored stay among the versions. */
export const storedVersionCauses = ({ spec, status }: Definition): Cause[] => {
  const names = new Set((spec?.versions ?? []).map(({ name }) => name));
  const stored = status?.storedVersions ?? [];
  const causes = stored.flatMap((version, i) =>
    names.has(version)
      ? []
      : [
          cause.invalid(
            ['status', 'storedVersions', i],
            version,
            `missing from spec.versions; ${version} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${version} and removes ${version} from status.storedVersions`,
          ),
        ],
  );
  const storage = spec?.versions?.find(version => version.storage)?.name ?? '';
  if (storage !== '' && !stored.includes(storage))
    causes.push(cause.invalid('status.storedVersions', stored, `must have the storage version ${storage}`));
  return causes;
};

const groupCauses = ({ group = '', scope = '' }: DefinitionSpec): Cause[] => {
  const causes: Cause[] = [];
  if (group === '') causes.push(cause.required('spec.group'));
  else {
    causes.push(...subdomainErrors(group).map(error => cause.invalid('spec.group', group, error)));
    if (!group.includes('.'))
      causes.push(cause.invalid('spec.group', group, 'should be a domain with at least one dot'));
  }
  if (scope === '') causes.push(cause.required('spec.scope'));
  else if (scope !== 'Namespaced' && scope !== 'Cluster')
    causes.push(cause.notSupported('spec.scope', scope, ['Cluster', 'Namespaced']));
  return causes;
};

const nameCauses = (names: DefinitionNames): Cause[] => {
  const causes: Cause[] = [];
  const label = (at: Path, text: string, isKind = false): void => {
    if (text === '') {
      causes.push(cause.required(at));
      return;
    }
    for (const error of label1035Errors(isKind ? text.toLowerCase() : text))
      causes.push(
        cause.invalid(at, text, isKind ? `may have mixed case, but should otherwise match: ${error}` : error),
      );
  };
  const { plural = '', singular = '', kind = '', listKind = '', shortNames = [], categories = [] } = names;
  label(['spec', 'names', 'plural'], plural);
  if (singular !== '') label(['spec', 'names', 'singular'], singular);
  label(['spec', 'names', 'kind'], kind, true);
  if (kind !== '') label(['spec', 'names', 'listKind'], listKind, true);
  if (kind !== '' && kind === listKind)
    causes.push(cause.invalid('spec.names.listKind', listKind, 'kind and listKind may not be the same'));
  shortNames.forEach((name, i) => {
    label(['spec', 'names', 'shortNames', i], name);
  });
  categories.forEach((name, i) => {
    label(['spec', 'names', 'categories', i], name);
  });
  return causes;
};

const versionsCauses = (spec: DefinitionSpec): Cause[] => {
  const { versions = [], preserveUnknownFields } = spec;
  const causes: Cause[] = [];
  if (preserveUnknownFields)
    causes.push(
      cause.invalid(
        'spec.preserveUnknownFields',
        true,
        'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
      ),
    );
  const names = versions.map(({ name }) => name);
  if (new Set(names).size < names.length)
    causes.push(cause.invalid('spec.versions', names, 'must contain unique version names'));
  if (versions.filter(({ storage }) => storage).length !== 1)
    causes.push(cause.invalid('spec.versions', names, 'must have exactly one version marked as storage version'));
  return [
    ...causes,
    ...versions.flatMap((version: DefinitionVersion, i) => versionCauses(version, ['spec', 'versions', i])),
  ];
};

const approval = 'api-approved.kubernetes.io';

const isProtected = (group: string): boolean => /(^|\.)(k8s|kubernetes)\.io$/.test(group);

/** What the approval annotation says of a group that belongs to the Kubernetes community; undefined for any other group. */
export const approvalOf = ({
  metadata,
  spec,
}: Definition): 'missing' | 'invalid' | 'bypassed' | 'approved' | undefined => {
  if (!isProtected(spec?.group ?? '')) return undefined;
  const text = metadata.annotations?.[approval] ?? '';
  if (text === '') return 'missing';
  if (text.startsWith('unapproved')) return 'bypassed';
  return URL.canParse(text) ? 'approved' : 'invalid';
};

const approvalCauses = (definition: Definition): Cause[] => {
  const at = ['metadata', 'annotations', { key: approval }];
  const state = approvalOf(definition);
  const about = 'see https://github.com/kubernetes/enhancements/pull/1111';
  if (state === 'missing')
    return [cause.required(at, `protected groups must have approval annotation ${JSON.stringify(approval)}, ${about}`)];
  if (state !== 'invalid') return [];
  const text = definition.metadata.annotations?.[approval];
  return [
    cause.invalid(
      at,
      text,
      `protected groups must have approval annotation ${JSON.stringify(approval)} with either a URL or a reason starting with "unapproved", ${about}`,
    ),
  ];
};
