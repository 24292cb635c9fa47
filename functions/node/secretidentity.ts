import { openBundle } from '../identity/bundle.ts';
import { recallIdentity, type Serving } from '../identity/identity.ts';
import { sealed, type Vault } from '../identity/vault.ts';

/** The identity that lies in a secret of Secrets Manager. Rejects with an Error that says what to do. */
export const openSecretIdentity = async (
  secret: string,
  region?: string,
): Promise<{ readonly vault: Vault; readonly identity: Serving }> => {
  // Whoever keeps everything in a folder needs no client of a cloud.
  const { readSecret } = await import('../secret.ts');
  const vault = sealed(openBundle(await readSecret(secret, region)));
  return { vault, identity: recallIdentity(vault) };
};
