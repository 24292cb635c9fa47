import { isMap } from '../../../shared/base/own.ts';
import { toLogicalId } from './place.ts';

/** Where a tenant of a stack is reached. */
export interface Entrance {
  readonly name: string;
  readonly kubeUrl: string;
  /** Absent: no device reaches it. */
  readonly deviceUrl?: string;
}

const prefix = 'Tenant0';

/** The name of the stack's output that tells it. */
export const outputName = (tenant: string): string => `${prefix}${toLogicalId(tenant)}`;

/** The output's text. */
export const toOutput = (entrance: Entrance): string => JSON.stringify(entrance);

/** All tenants that a stack serves, by its outputs. */
export const entrancesOf = (outputs: Readonly<Record<string, string>>): readonly Entrance[] =>
  Object.entries(outputs)
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, text]) => toEntrance(key, JSON.parse(text)));

/** The tenant of a name. Throws an Error that names those there are. */
export const findEntrance = (outputs: Readonly<Record<string, string>>, stack: string, name: string): Entrance => {
  const all = entrancesOf(outputs);
  const found = all.find(one => one.name === name);
  if (found) return found;
  const others = all.length === 0 ? 'it has none' : `there are ${all.map(one => one.name).join(', ')}`;
  throw new Error(`${stack} has no tenant ${name}: ${others}. Add it to the list of --tenants and deploy`);
};

const toEntrance = (key: string, value: unknown): Entrance => {
  if (!isMap(value)) throw new Error(`the output ${key} of the stack cannot be read: deploy again`);
  const { name, kubeUrl, deviceUrl } = value;
  if (typeof name !== 'string' || typeof kubeUrl !== 'string')
    throw new Error(`the output ${key} of the stack cannot be read: deploy again`);
  return { name, kubeUrl, ...(typeof deviceUrl === 'string' && { deviceUrl }) };
};
