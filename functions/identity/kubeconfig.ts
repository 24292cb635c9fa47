import { Buffer } from 'node:buffer';
import type { Identity } from './identity.ts';

/** A kubeconfig that needs no other file: the root to trust and the administrator's certificate are inside. */
export const toKubeconfig = (identity: Identity, url: string): string => `apiVersion: v1
kind: Config
clusters:
- name: kubeve
  cluster:
    server: ${url}
    certificate-authority-data: ${base64(identity.root.certificatePem)}
users:
- name: kubeve-admin
  user:
    client-certificate-data: ${base64(identity.admin.certificatePem)}
    client-key-data: ${base64(identity.admin.keyPem)}
contexts:
- name: kubeve
  context:
    cluster: kubeve
    user: kubeve-admin
current-context: kubeve
`;

const base64 = (text: string): string => Buffer.from(text).toString('base64');
