import { readFile } from 'node:fs/promises';
import type { Ports } from '../../shared/base/ports.ts';
import { parseYaml } from '../../shared/base/yaml.ts';
import { type Auditor, createAuditor } from '../../shared/kube/audit/auditor.ts';
import { toAuditPolicy } from '../../shared/kube/audit/policy.ts';
import { openAuditLog } from '../node/auditlog.ts';

/** Records requests as a policy wants it, that lies in a file with the function; the platform keeps what is printed. */
export const openAudit = async (path: string, ports: Ports): Promise<Auditor> => {
  const policy = toAuditPolicy(parseYaml(await readFile(path, 'utf8')));
  return createAuditor({ policy, write: openAuditLog('-', ports.log).write, ...ports });
};
