import { toBase64, toUtf8 } from '../../base/bytes.ts';
import type { ApiObject, JsonMap } from '../../base/object.ts';
import { unlessGone } from '../../base/unless.ts';
import { AppInstMetaDataType, type ZInfoAppInstMetaData } from '../../eve/generated/info.ts';
import type { User } from '../../kube/access/user.ts';
import type { Registry } from '../../kube/registry/registry.ts';
import { defined } from './value.ts';

/** Bytes that an application may say of itself, as EVE bounds it. */
const maxBytes = 32 * 1024;

/** The status of an Application after it told a status of its own making; nothing said takes it away. */
export const reflectCustomStatus = (status: JsonMap, { data }: ZInfoAppInstMetaData): JsonMap =>
  defined({ ...status, customStatus: data?.length ? toUtf8(data.subarray(0, maxBytes)) : undefined });

export const isKubeconfig = ({ type }: ZInfoAppInstMetaData): boolean =>
  type === AppInstMetaDataType.APP_INST_META_DATA_TYPE_KUBE_CONFIG;

/**
 * Keeps the kubeconfig that an application handed out: in a Secret `<application>-kubeconfig` that goes with the Application.
 * A Secret of that name that is somebody else's stays as it is.
 */
export const keepKubeconfig = async (
  { registry, user }: { readonly registry: Registry; readonly user: User },
  { apiVersion, kind, metadata }: ApiObject,
  { data }: ZInfoAppInstMetaData,
): Promise<void> => {
  if (!data?.length || data.length > maxBytes) return;
  const { namespace, name, uid = '' } = metadata;
  const content = { value: toBase64(data) };
  const fresh: ApiObject = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: `${name}-kubeconfig`,
      ...(namespace !== undefined && { namespace }),
      ownerReferences: [{ apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: false }],
    },
    type: 'Opaque',
    data: content,
  };
  const isOwn = ({ metadata: { ownerReferences } }: ApiObject) =>
    ownerReferences?.some(one => one.uid === uid) ?? false;
  await unlessGone(
    registry.update(
      registry.catalog.get('', 'secrets'),
      { namespace, name: fresh.metadata.name },
      current => (current === fresh || !isOwn(current) ? current : { ...current, data: content }),
      { user, createFrom: fresh },
    ),
  );
};
