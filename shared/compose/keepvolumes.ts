import { getOwn } from '../base/own.ts';
import type { ContentTree, DatastoreConfig, EdgeDevConfig, Volume } from '../eve/generated/config.ts';
import { artifactUuid, bootUuid, claimUuid, ownVolumeUuid } from '../resources/eve/roles.ts';
import { sorted } from './compose.ts';
import type { DraftConfig } from './draft.ts';
import type { Gathered } from './gather.ts';
import type { Problem } from './problem.ts';
import { isUnseen, takesOtherContent } from './unmade.ts';

/** What each volume is made from, by `uuid#generation`. */
export type Made = Readonly<Record<string, string>>;

/** What a device is served now. */
export interface Former {
  made(): Made;
  config(): EdgeDevConfig;
}

/**
 * A device makes a volume once, from what it was told then; told otherwise under the same generation it reports an error and may
 * fetch content anew that is in use (EVE reference §6.7). So a volume stays as it was told until its generation rises, and whose
 * it is hears what to raise. Content that is the same under another UUID stays as it was without a word, and other content takes the
 * place of one that the device could not have, under the UUID of that.
 */
export const keepVolumes = (
  config: DraftConfig,
  from: Gathered,
  former: Former | undefined,
): { readonly config: DraftConfig; readonly problems: readonly Problem[] } => {
  const made = former?.made() ?? {};
  const changed = config.volumes.filter(one => (getOwn(made, keyOf(one)) ?? madeOf(one)) !== madeOf(one));
  if (!former || changed.length === 0 || isUnseen(from)) return { config, problems: [] };
  const before = former.config();
  const problems: Problem[] = [];
  const displaced = new Set<string | undefined>();
  const needed: ContentTree[] = [];
  const keys = new Set(config.volumes.map(keyOf));
  /** Whether none of the volumes that stay is made from that content. */
  const isFree = (id: string | undefined): boolean =>
    (before.volumes ?? []).every(
      one => one.origin?.downloadContentTreeID !== id || !keys.has(keyOf(one)) || takesOtherContent(from, one),
    );
  const volumes = config.volumes.map(one => {
    const old = changed.includes(one) && before.volumes?.find(other => keyOf(other) === keyOf(one));
    if (!old) return one;
    const [tree, oldTree] = [treeOf(config, one), treeOf(before, old)];
    const takesNew = isSame(tree, oldTree) || (tree && oldTree && isFree(oldTree.uuid));
    const changes: Aspect[] = [];
    if (!takesNew) changes.push('content');
    if (Number(old.maxsizebytes ?? 0) !== Number(one.maxsizebytes ?? 0)) changes.push('size');
    if ((old.readonly ?? false) !== (one.readonly ?? false)) changes.push('access');
    if (changes.length > 0) problems.push(toProblem(from, one, changes));
    if (tree && tree.uuid !== oldTree?.uuid) displaced.add(tree.uuid);
    if (oldTree) needed.push(takesNew ? { ...tree, uuid: oldTree.uuid } : oldTree);
    const { origin, maxsizebytes, readonly } = old;
    return { ...one, origin, maxsizebytes, readonly };
  });
  const used = new Set([
    ...volumes.map(({ origin }) => origin?.downloadContentTreeID),
    config.baseos?.content_tree_uuid,
  ]);
  const kept = config.contentInfo.filter(({ uuid }) => used.has(uuid) || !displaced.has(uuid));
  const contentInfo = [...kept];
  for (const tree of needed) if (!contentInfo.some(({ uuid }) => uuid === tree.uuid)) contentInfo.push(tree);
  const datastores = withStores(config, before, contentInfo);
  return { config: sorted({ ...config, volumes, contentInfo, datastores }), problems };
};

/** See `Made`. */
export const madeIn = ({ volumes = [] }: EdgeDevConfig): Made =>
  Object.fromEntries(volumes.map(one => [keyOf(one), madeOf(one)]));

const keyOf = ({ uuid = '', generationCount = 0 }: Volume): string => `${uuid}#${generationCount}`;

const madeOf = ({ origin, maxsizebytes, readonly }: Volume): string =>
  `${origin?.downloadContentTreeID ?? ''} ${maxsizebytes ?? 0} ${readonly ? 'ro' : 'rw'}`;

const treeOf = ({ contentInfo = [] }: EdgeDevConfig, { origin }: Volume): ContentTree | undefined =>
  contentInfo.find(({ uuid }) => uuid === origin?.downloadContentTreeID);

/** A digest says all; without one the place does. */
const isSame = (a: ContentTree | undefined, b: ContentTree | undefined): boolean => {
  if (!a || !b) return a === b;
  if ((a.sha256 || undefined) !== (b.sha256 || undefined) || a.iformat !== b.iformat) return false;
  return Boolean(a.sha256) || (a.URL === b.URL && a.ds_ids_list?.join() === b.ds_ids_list?.join());
};

/** With the datastores of all trees. What cannot be decrypted any longer is left out of former ones. */
const withStores = (config: DraftConfig, before: EdgeDevConfig, trees: readonly ContentTree[]): DatastoreConfig[] => {
  const known = new Set(config.datastores.map(({ id }) => id));
  const missing = new Set(trees.flatMap(one => one.ds_ids_list ?? []).filter(id => !known.has(id)));
  const contexts = new Set((config.cipherContexts ?? []).map(({ contextId }) => contextId));
  const former = (before.datastores ?? []).filter(({ id }) => missing.has(id ?? ''));
  return [
    ...config.datastores,
    ...former.map(({ cipherData, ...store }) =>
      cipherData && contexts.has(cipherData.cipherContextId) ? { ...store, cipherData } : store,
    ),
  ];
};

type Aspect = 'content' | 'size' | 'access';

const toProblem = (from: Gathered, { uuid = '', displayName }: Volume, changes: readonly Aspect[]): Problem => {
  const what = `volume "${displayName}" keeps the ${changes.join(' and ')} that it was made with`;
  const say = (about: Problem['about'], field: string, how: string): Problem => ({
    about,
    reason: 'NeedsPurge',
    message: `${field}: ${what}; ${how}`,
    lacks: [],
  });
  for (const one of from.applications) {
    const { containers = [], volumes = [] } = one.spec ?? {};
    const uid = one.metadata.uid ?? '';
    const booted = containers.findIndex(({ name }, at) => bootUuid(uid, at, name) === uuid);
    const bootField = `spec.containers[${booted}].${changes[0] === 'size' ? 'resources.requests[storage]' : 'image'}`;
    if (booted >= 0) return say(one, bootField, 'raise spec.eve.purge.counter to start over with a fresh one');
    const own = volumes.findIndex(({ name }) => ownVolumeUuid(uid, name) === uuid);
    if (own >= 0) return say(one, `spec.volumes[${own}]`, 'give it another name in spec.volumes to have it made anew');
  }
  const claims = [...from.claims, ...from.applications.flatMap(({ spec }) => claimsOf(from, spec?.volumes ?? []))];
  const claim = claims.find(({ metadata }) => claimUuid(metadata.uid ?? '') === uuid);
  if (claim) {
    const how = 'raise the annotation kubeve.io/volume-generation to have it made anew, empty of its data';
    return say(claim, claimFields[changes[0] ?? 'content'], how);
  }
  const how = 'give the artifact another name to have it made anew';
  for (const one of from.patches) {
    const at = (one.spec?.artifacts ?? []).findIndex(({ name }) => artifactUuid(one.metadata.uid ?? '', name) === uuid);
    if (at >= 0) return say(one, `spec.artifacts[${at}].image`, how);
  }
  return say(from.device, 'spec', how);
};

const claimFields: Readonly<Record<Aspect, string>> = {
  content: 'spec.dataSourceRef',
  size: 'spec.resources.requests[storage]',
  access: 'spec.accessModes',
};

type Volumes = NonNullable<NonNullable<Gathered['applications'][number]['spec']>['volumes']>;

const claimsOf = (from: Gathered, volumes: Volumes) =>
  volumes.flatMap(({ persistentVolumeClaim: one }) => (one && from.look('claim', one.claimName)) ?? []);
