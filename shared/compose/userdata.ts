import { fromUtf8, toBase64 } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import type { AppInstanceConfig } from '../eve/generated/config.ts';
import type { ApplicationSpec, Container } from '../resources/eve/applicationspec.ts';
import type { Draft } from './draft.ts';
import { readConfigMap, readSecret, seal } from './secrets.ts';

/** User data and environment, encrypted when a Secret is in it. */
export const toUserData = (
  draft: Draft,
  spec: ApplicationSpec,
  container: Container,
  id: string,
): Pick<AppInstanceConfig, 'userData' | 'cipherData'> => {
  const source = spec.eve?.userData;
  let secret = source?.secret !== undefined;
  const lines = (container.env ?? []).map(({ name, value, valueFrom }) => {
    if (valueFrom?.secretKeyRef) {
      secret = true;
      return `${name}=${readSecret(draft, valueFrom.secretKeyRef)}`;
    }
    return `${name}=${valueFrom?.configMapKeyRef ? readConfigMap(draft, valueFrom.configMapKeyRef) : (value ?? '')}`;
  });
  const data =
    source?.inline ??
    (source?.secret
      ? readSecret(draft, source.secret)
      : source?.configMap
        ? readConfigMap(draft, source.configMap)
        : '');
  if (data.startsWith('#') && lines.length > 0)
    throw new Fault(
      'Invalid',
      `container "${container.name}": env and user data that is more than lines KEY=VALUE exclude each other`,
    );
  const text = [...lines, data].filter(part => part !== '').join('\n');
  if (text === '') return {};
  const encoded = toBase64(fromUtf8(text));
  const block = secret ? seal(draft, `app/${id}`, { protectedUserData: encoded }) : undefined;
  return block ? { cipherData: block } : { userData: encoded };
};
