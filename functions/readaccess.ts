import type { AccessSettings } from './access.ts';
import type { Vault } from './identity/vault.ts';
import type { Settings } from './lambda/settings.ts';

type Told = Pick<Settings, 'issuers' | 'audiences' | 'algorithms' | 'authenticationConfig' | 'awsIamConfig'>;

/** How callers are known, from settings and the identity's vault. `readText` answers what a setting names: a text in YAML. */
export const readAccess = async (
  { issuers, audiences, algorithms, authenticationConfig, awsIamConfig }: Told,
  vault: Pick<Vault, 'read'>,
  readText: (named: string) => Promise<string>,
): Promise<AccessSettings> => {
  const tokenCsv = vault.read('tokens.csv');
  /** YAML is read by few, and its reader is large. */
  const readYaml = async (named: string): Promise<unknown> => {
    const [{ parseYaml }, text] = await Promise.all([import('../shared/base/yaml.ts'), readText(named)]);
    return parseYaml(text);
  };
  return {
    ...(tokenCsv !== undefined && { tokenCsv }),
    ...(issuers && { issuers }),
    ...(audiences && { audiences }),
    ...(algorithms && { algorithms }),
    ...(authenticationConfig && { authentication: await readYaml(authenticationConfig) }),
    ...(awsIamConfig && { aws: await readYaml(awsIamConfig) }),
  };
};
