import { Buffer } from 'node:buffer';
import type { Identity } from './identity.ts';
import type { Pair } from './keyring.ts';

/** A kubeconfig that needs no other file: the root to trust and the administrator's certificate are inside. */
export const toKubeconfig = (identity: Identity, url: string): string => {
  const user = toUser(identity.admin);
  return `apiVersion: v1
kind: Config
clusters:
- name: kubeve
  cluster:
    server: ${url}
    certificate-authority-data: ${base64(identity.root.certificatePem)}
users:
- name: kubeve-admin
  user:
    client-certificate-data: ${user['client-certificate-data']}
    client-key-data: ${user['client-key-data']}
contexts:
- name: kubeve
  context:
    cluster: kubeve
    user: kubeve-admin
current-context: kubeve
`;
};

/** Who a kubeconfig is for. Its key is in SEC 1, as others write it into a kubeconfig: fabric8 reads no key of EC in PKCS 8. */
export const toUser = ({ certificatePem, key }: Pick<Pair, 'certificatePem' | 'key'>) => ({
  'client-certificate-data': base64(certificatePem),
  'client-key-data': base64(key.export({ type: 'sec1', format: 'pem' }).toString()),
});

const base64 = (text: string): string => Buffer.from(text).toString('base64');
