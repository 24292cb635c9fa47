import { fromUtf8, toBase64 } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import type { AppInstanceConfig } from '../eve/generated/config.ts';
import type { ApplicationSpec, Container } from '../resources/eve/applicationspec.ts';
import type { Draft } from './draft.ts';
import { readConfigMap, readSecret, seal } from './secrets.ts';

/** Whether a Secret is in the user data or the environment of any container. */
export const readsSecret = ({ containers, eve }: ApplicationSpec): boolean =>
  eve?.userData?.secret !== undefined ||
  containers.some(({ env }) => env?.some(({ valueFrom }) => valueFrom?.secretKeyRef !== undefined));

/** User data and environment of the container at a place, encrypted when a Secret is in it. */
export const toUserData = (
  draft: Draft,
  spec: ApplicationSpec,
  container: Container,
  at: number,
  id: string,
): Pick<AppInstanceConfig, 'userData' | 'cipherData'> => {
  const source = spec.eve?.userData;
  const env = `spec.containers[${at}].env`;
  let secretField = source?.secret && 'spec.eve.userData.secret';
  const lines = (container.env ?? []).map(({ name, value = '', valueFrom }, n) => {
    const { secretKeyRef, configMapKeyRef } = valueFrom ?? {};
    const field = `${env}[${n}].valueFrom`;
    if (secretKeyRef) {
      secretField ??= `${field}.secretKeyRef`;
      return `${name}=${readSecret(draft, secretKeyRef, `${field}.secretKeyRef`)}`;
    }
    return `${name}=${configMapKeyRef ? readConfigMap(draft, configMapKeyRef, `${field}.configMapKeyRef`) : value}`;
  });
  const data =
    source?.inline ??
    (source?.secret
      ? readSecret(draft, source.secret, 'spec.eve.userData.secret')
      : source?.configMap
        ? readConfigMap(draft, source.configMap, 'spec.eve.userData.configMap')
        : '');
  if (data.startsWith('#') && lines.length > 0)
    throw new Fault(
      'Invalid',
      `${env}: Forbidden: may not be set together with user data that is more than lines KEY=VALUE`,
    );
  const text = [...lines, data].filter(part => part !== '').join('\n');
  if (text === '') return {};
  const encoded = toBase64(fromUtf8(text));
  const block = secretField && seal(draft, `app/${id}`, { protectedUserData: encoded }, secretField);
  return block ? { cipherData: block } : { userData: encoded };
};
