import { type ContentTree, DsType, type EdgeDevConfig, VolumeContentOriginType } from '../eve/generated/config.ts';
import type { Complain } from './check.ts';

/** Datastores, content trees, volumes and base OS (reference §6.6, §6.7, §6.10). */
export const checkStorage = (config: EdgeDevConfig, complain: Complain): void => {
  const stores = new Map((config.datastores ?? []).map(one => [one.id, one.dType ?? 0]));
  for (const [at, one] of (config.datastores ?? []).entries())
    if (!one.dType) complain(`datastores[${at}]`, 'has no type');
  const contents = new Set<string | undefined>();
  for (const [at, one] of (config.contentInfo ?? []).entries()) {
    contents.add(one.uuid);
    checkContent(one, stores, `contentInfo[${at}]`, complain);
  }
  for (const [at, one] of (config.volumes ?? []).entries()) {
    const path = `volumes[${at}]`;
    const { type, downloadContentTreeID: content } = one.origin ?? {};
    if (type === VolumeContentOriginType.VCOT_DOWNLOAD) {
      if (!contents.has(content)) complain(path, `there is no content tree ${content}`);
    } else if (type !== VolumeContentOriginType.VCOT_BLANK) complain(path, 'has no origin');
    else if (!one.maxsizebytes) complain(path, 'is blank and has no size');
  }
  const os = config.baseos;
  if (os?.content_tree_uuid && !contents.has(os.content_tree_uuid))
    complain('baseos', `there is no content tree ${os.content_tree_uuid}`);
  if (os?.content_tree_uuid && !os.base_os_version) complain('baseos', 'has no version');
};

const checkContent = (
  one: ContentTree,
  stores: ReadonlyMap<string | undefined, number>,
  path: string,
  complain: Complain,
): void => {
  const ids = one.ds_ids_list?.length ? one.ds_ids_list : one.dsId ? [one.dsId] : [];
  if (ids.length === 0) complain(path, 'names no datastore');
  for (const id of ids) if (!stores.has(id)) complain(path, `there is no datastore ${id}`);
  const registry = ids.some(id => stores.get(id) === DsType.DsContainerRegistry);
  if (registry && ids.length > 1) complain(path, 'may have only one datastore, as it comes from a container registry');
  if (!registry && !one.sha256) complain(path, 'has no sha256, and does not come from a container registry');
  if (one.sha256 && !/^[0-9a-f]{64}$/i.test(one.sha256)) complain(path, 'has a sha256 that is none');
  if (!one.iformat) complain(path, 'has no format');
  if (!one.URL) complain(path, 'has no URL');
};
