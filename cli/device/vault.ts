import type { CipherBlock, EncryptionBlock } from '../../shared/eve/generated/common.ts';
import type { AppInstanceConfig, ContentTree, EdgeDevConfig } from '../../shared/eve/generated/config.ts';
import { Complaint } from './complaint.ts';
import type { DeviceKey } from './keys.ts';
import { decrypt } from './secrets.ts';
import type { Session } from './session.ts';

/** Opens what the controller encrypted to this device. */
export class Vault {
  /** User data in the clear, by app name. */
  readonly userData = new Map<string, string>();
  private readonly ecdh: DeviceKey;
  private readonly session: Session;

  constructor(ecdh: DeviceKey, session: Session) {
    this.ecdh = ecdh;
    this.session = session;
  }

  open(block: CipherBlock, config: EdgeDevConfig): EncryptionBlock {
    const { trust } = this.session;
    if (!trust) throw new Complaint('no controller certificates yet');
    return decrypt(block, config.cipherContexts ?? [], this.ecdh, trust);
  }

  /** Why the content tree cannot be fetched from its datastore; undefined when it can. `opened` hears of credentials. */
  problem(tree: ContentTree, config: EdgeDevConfig, opened: (store: string) => void): string | undefined {
    const ids = tree.ds_ids_list?.length ? tree.ds_ids_list : [tree.dsId];
    const store = config.datastores?.find(one => ids.includes(one.id));
    if (!store) return `no datastore ${ids.join(', ')}`;
    if (!store.cipherData) return undefined;
    try {
      this.open(store.cipherData, config);
      opened(store.fqdn || store.dpath || '');
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : 'unknown';
    }
  }

  /** Reads an app's user data; what is new comes back, with whether it was encrypted. */
  read(app: AppInstanceConfig, config: EdgeDevConfig): { text: string; wasSecret: boolean } | undefined {
    const secret = app.cipherData ? this.open(app.cipherData, config).protectedUserData : undefined;
    const text = Buffer.from(secret ?? app.userData ?? '', 'base64').toString();
    const name = app.displayname ?? '';
    if (text === '' || this.userData.get(name) === text) return undefined;
    this.userData.set(name, text);
    return { text, wasSecret: secret !== undefined };
  }
}
