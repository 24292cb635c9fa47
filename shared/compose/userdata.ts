import { fromUtf8, toBase64 } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import type { AppInstanceConfig } from '../eve/generated/config.ts';
import type { ApplicationSpec, Container } from '../resources/eve/applicationspec.ts';
import type { Draft } from './draft.ts';
import { readConfigMap, readSecret, sealUnlessClear } from './secrets.ts';

/** Whether a Secret is in the user data or the environment of any container. */
export const readsSecret = ({ containers, eve }: ApplicationSpec): boolean =>
  eve?.userData?.secret !== undefined ||
  containers.some(({ env }) => env?.some(({ valueFrom }) => valueFrom?.secretKeyRef !== undefined));

/**
 * User data and environment of the container at a place, encrypted when a Secret is in it. `isContainer`: its root is a
 * container's, not the disk of a VM: then EVE takes lines KEY=VALUE, and starts nothing when one of them is anything else.
 */
export const toUserData = (
  draft: Draft,
  spec: ApplicationSpec,
  container: Container,
  at: number,
  id: string,
  isContainer: boolean,
): Pick<AppInstanceConfig, 'userData' | 'cipherData'> => {
  const env = `spec.containers[${at}].env`;
  const lines = (container.env ?? []).map((one, n) => `${one.name}=${lineOf(draft, one, `${env}[${n}]`)}`);
  const { text: data, field } = dataOf(draft, spec);
  const isWhole = isContainer ? data.startsWith('#cloud-config') : data.startsWith('#');
  if (isWhole && lines.length > 0)
    throw new Fault(
      'Invalid',
      `${env}: Forbidden: may not be set together with user data that is more than lines KEY=VALUE`,
    );
  const text = [...lines, isContainer && !isWhole ? variablesIn(data, field) : data]
    .filter(part => part !== '')
    .join('\n');
  if (text === '') return {};
  const encoded = toBase64(fromUtf8(text));
  const secretField = secretFieldOf(spec, container, env);
  const block = secretField && sealUnlessClear(draft, `app/${id}`, { protectedUserData: encoded }, secretField);
  return block ? { cipherData: block } : { userData: encoded };
};

/** The first field by which a Secret comes in. */
const secretFieldOf = ({ eve }: ApplicationSpec, { env = [] }: Container, field: string): string | undefined => {
  if (eve?.userData?.secret) return 'spec.eve.userData.secret';
  const at = env.findIndex(({ valueFrom }) => valueFrom?.secretKeyRef !== undefined);
  return at < 0 ? undefined : `${field}[${at}].valueFrom.secretKeyRef`;
};

/** Of a variable, without the line break that texts in Secrets and ConfigMaps often end with. */
const lineOf = (draft: Draft, { value = '', valueFrom }: NonNullable<Container['env']>[number], field: string) => {
  const { secretKeyRef, configMapKeyRef } = valueFrom ?? {};
  const [source, text] = secretKeyRef
    ? ['secretKeyRef', readSecret(draft, secretKeyRef, `${field}.valueFrom.secretKeyRef`)]
    : configMapKeyRef
      ? ['configMapKeyRef', readConfigMap(draft, configMapKeyRef, `${field}.valueFrom.configMapKeyRef`)]
      : ['', value];
  const line = text.replace(/\r?\n$/, '');
  if (/[\r\n\0]/.test(line))
    throw new Fault('Invalid', `${field}.valueFrom.${source}.key: has more than one line, which no variable can`);
  return line;
};

const dataOf = (draft: Draft, { eve }: ApplicationSpec): { readonly text: string; readonly field: string } => {
  const { inline, secret, configMap } = eve?.userData ?? {};
  const field = 'spec.eve.userData';
  if (inline !== undefined) return { text: inline, field: `${field}.inline` };
  if (secret) return { text: readSecret(draft, secret, `${field}.secret`), field: `${field}.secret` };
  if (configMap) return { text: readConfigMap(draft, configMap, `${field}.configMap`), field: `${field}.configMap` };
  return { text: '', field };
};

/** The lines KEY=VALUE of a text; blank ones and those that begin with # are for people. What a line says is not told: it may be secret. */
const variablesIn = (text: string, field: string): string =>
  text
    .split(/\r?\n/)
    .filter((line, at) => {
      if (line.trim() === '' || line.startsWith('#')) return false;
      if (!/^[^=\s]+=/.test(line))
        throw new Fault(
          'Invalid',
          `${field}: line ${at + 1} is not KEY=VALUE, which user data of a container is unless it begins with #cloud-config`,
        );
      return true;
    })
    .join('\n');
