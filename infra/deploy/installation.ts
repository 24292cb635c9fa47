import type { Cloud } from './cloud.ts';
import { findEntrance } from './tenants/entrance.ts';
import { tenantSecrets } from './tenants/place.ts';

/** What a stack, or one of its tenants, is known by. */
export interface Installation {
  /** What the names of its two secrets begin with. */
  readonly secrets: string;
  readonly table: string;
  readonly bucket: string;
  /** Prefix of its keys in both. */
  readonly tenant: string;
  readonly kubeUrl: string;
  /** Absent: no device reaches it. */
  readonly deviceUrl?: string;
}

/** Finds it by the outputs of the stack. Throws an Error that says what there is instead. */
export const findInstallation = async (cloud: Cloud, stack: string, name?: string): Promise<Installation> => {
  const outputs = (await cloud.findStack(stack))?.outputs ?? {};
  const { TableName: table, BucketName: bucket, Tenant: tenant, KubeUrl: kubeUrl, DeviceUrl: deviceUrl } = outputs;
  if (!table || !bucket || !tenant || !kubeUrl || !deviceUrl)
    throw new Error(`${cloud.region} has no whole stack ${stack}: deploy it, or give another --region`);
  if (name === undefined || name === tenant) return { secrets: stack, table, bucket, tenant, kubeUrl, deviceUrl };
  const found = findEntrance(outputs, stack, name);
  return { secrets: tenantSecrets(stack, name), table, bucket, tenant: name, ...found };
};
