import { Fault } from '../../../base/fault.ts';
import { isMap } from '../../../base/own.ts';
import { parseYaml } from '../../../base/yaml.ts';

/** Which AWS identities are which users. */
export interface AwsMapping {
  /** `arn` is canonical: that of a role, not of one of its sessions. */
  find(identity: {
    readonly account: string;
    readonly arn: string;
    readonly session: string;
  }): { readonly username: string; readonly groups: readonly string[] } | undefined;
}

interface Entry {
  readonly arn: string;
  readonly username: string;
  readonly groups: readonly string[];
}

/**
 * `mapRoles`, `mapUsers` and `mapAccounts`, as lists or, as in the ConfigMap `kube-system/aws-auth`, as YAML texts of lists.
 * An account that is mapped as a whole gives every identity of it its ARN as its name. Throws BadRequest for what is no
 * mapping.
 */
export const toAwsMapping = (value: { readonly [field: string]: unknown }): AwsMapping => {
  const roles = listOf(value, 'mapRoles').map((entry, index) => toEntry(entry, 'rolearn', `mapRoles[${index}]`));
  const users = listOf(value, 'mapUsers').map((entry, index) => toEntry(entry, 'userarn', `mapUsers[${index}]`));
  const accounts = listOf(value, 'mapAccounts').map(String);
  const entries = new Map([...roles, ...users].map(entry => [entry.arn.toLowerCase(), entry]));
  return {
    find({ account, arn, session }) {
      const entry = entries.get(arn.toLowerCase());
      if (entry) return { username: fill(entry.username || arn, account, session), groups: entry.groups };
      return accounts.includes(account) ? { username: arn, groups: [] } : undefined;
    },
  };
};

/** Several mappings as one: the first that knows an identity counts. */
export const joinMappings = (mappings: readonly AwsMapping[]): AwsMapping => ({
  find(identity) {
    for (const mapping of mappings) {
      const found = mapping.find(identity);
      if (found) return found;
    }
    return undefined;
  },
});

/** The role of a session, whose name is told apart; users and roots as they are. Undefined for anything else. */
export const toCanonicalArn = (arn: string): { readonly arn: string; readonly session?: string } | undefined => {
  const [, partition, service, account, resource] =
    /^arn:(aws|aws-cn|aws-us-gov|aws-iso(?:-[a-z])?):(sts|iam)::(\d{12}):(.+)$/.exec(arn) ?? [];
  if (!partition || !resource) return undefined;
  const [kind = '', ...rest] = resource.split('/');
  if (service === 'sts' && kind === 'assumed-role' && rest.length >= 2) {
    const session = rest.at(-1) ?? '';
    return { arn: `arn:${partition}:iam::${account}:role/${rest.slice(0, -1).join('/')}`, session };
  }
  if (service === 'sts' && kind === 'federated-user') return { arn };
  return service === 'iam' && ['user', 'role', 'root'].includes(kind) ? { arn } : undefined;
};

/** Names may carry the account and the name of the session; what cannot stand in a name becomes a hyphen. */
const fill = (text: string, account: string, session: string): string =>
  text
    .replaceAll('{{AccountID}}', account)
    .replaceAll('{{SessionNameRaw}}', session)
    .replaceAll('{{SessionName}}', session.replaceAll('@', '-'));

const listOf = (value: { readonly [field: string]: unknown }, field: string): unknown[] => {
  const raw = value[field] ?? [];
  const list = typeof raw === 'string' ? (parseYaml(raw) ?? []) : raw;
  if (!Array.isArray(list)) throw bad(field, 'must be a list');
  return list;
};

const toEntry = (value: unknown, arnField: string, path: string): Entry => {
  if (!isMap(value)) throw bad(path, 'must be a map');
  const { [arnField]: arn, username = '', groups = [] } = value;
  if (typeof arn !== 'string' || !arn.startsWith('arn:')) throw bad(`${path}.${arnField}`, 'must be an ARN');
  if (typeof username !== 'string') throw bad(`${path}.username`, 'must be a text');
  if (username.includes('{{EC2PrivateDNSName}}'))
    throw bad(`${path}.username`, '{{EC2PrivateDNSName}} is not supported');
  if (!Array.isArray(groups) || !groups.every(group => typeof group === 'string'))
    throw bad(`${path}.groups`, 'must be a list of texts');
  return { arn, username, groups };
};

const bad = (path: string, detail: string): Fault => new Fault('BadRequest', `AWS mapping: ${path}: ${detail}`);
