import { Buffer } from 'node:buffer';
import * as z from 'zod';
import type { Cause } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import { cause, type Path } from '../../base/path.ts';
import { conditionCauses } from '../../kube/admission/conditions.ts';
import type { Webhook, WebhookConfiguration } from '../../kube/admission/webhook.ts';
import { subdomainErrors } from '../../kube/names.ts';
import { ageColumn, defineResource } from '../define.ts';
import { anyObject } from '../schema.ts';
import { labelSelector } from '../selector.ts';
import { int32, text, texts } from '../text.ts';
import {
  admission,
  checkRule,
  checkSelectors,
  failurePolicy,
  matchConditions,
  matchPolicy,
  matchRule,
  oneOf,
} from './match.ts';

const webhook = (isMutating: boolean) =>
  z.object({
    name: text('Name of the webhook, with at least three parts: `check.example.com`.'),
    clientConfig: z
      .object({
        url: text('HTTPS URL of the webhook. Required.'),
        caBundle: text('Certificates in PEM that its own must chain to; the system trusts others when absent.').meta({
          format: 'byte',
        }),
        service: anyObject().meta({ description: 'Not supported: give a url.' }),
      })
      .partial()
      .meta({ description: 'How the webhook is called.' }),
    rules: z
      .array(matchRule(false))
      .meta({ description: 'Which requests it is asked about.', 'x-kubernetes-list-type': 'atomic' })
      .optional(),
    failurePolicy: failurePolicy().optional(),
    matchPolicy: matchPolicy().optional(),
    namespaceSelector: labelSelector('Only requests in namespaces with such labels.').meta({ default: {} }).optional(),
    objectSelector: labelSelector('Only objects with such labels.').meta({ default: {} }).optional(),
    sideEffects: text('None, or NoneOnDryRun.').optional(),
    timeoutSeconds: int32('How long is waited for an answer, from 1 to 30.').meta({ default: 10 }).optional(),
    admissionReviewVersions: texts(
      'Versions of AdmissionReview that it understands; v1 must be among them.',
    ).optional(),
    matchConditions: matchConditions().optional(),
    ...(isMutating && {
      reinvocationPolicy: text('Never, or IfNeeded: once more when a later webhook changed the object.')
        .meta({ default: 'Never' })
        .optional(),
    }),
  });

const configuration = (kind: string, plural: string, isMutating: boolean, description: string) =>
  defineResource(
    {
      ...admission,
      kind,
      plural,
      scope: 'Cluster',
      native: true,
      description,
      fields: () => ({
        webhooks: z.array(webhook(isMutating)).meta({
          description: 'The webhooks.',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name'],
          'x-kubernetes-patch-strategy': 'merge',
          'x-kubernetes-patch-merge-key': 'name',
        }),
      }),
    },
    {
      hasGeneration: true,
      columns: [
        {
          name: 'Webhooks',
          type: 'integer',
          description: 'How many webhooks',
          value: object => webhooksOf(object).length,
        },
        ageColumn,
      ],
      validate: object => webhooksOf(object).flatMap((one, i) => checkWebhook(one, ['webhooks', i])),
    },
  );

/** Webhooks that allow or refuse writes. */
export const validatingWebhookConfiguration = configuration(
  'ValidatingWebhookConfiguration',
  'validatingwebhookconfigurations',
  false,
  'Webhooks that allow or refuse writes.',
);

/** Webhooks that change objects before they are stored. */
export const mutatingWebhookConfiguration = configuration(
  'MutatingWebhookConfiguration',
  'mutatingwebhookconfigurations',
  true,
  'Webhooks that change objects before they are stored.',
);

// What is validated was shaped by the schema.
const webhooksOf = (object: ApiObject): readonly Webhook[] =>
  (object as unknown as WebhookConfiguration).webhooks ?? [];

const checkWebhook = (one: Webhook, path: Path): Cause[] => [
  ...checkName(one.name, [...path, 'name']),
  ...checkClient(one.clientConfig, [...path, 'clientConfig']),
  ...(one.rules ?? []).flatMap((rule, i) => checkRule(rule, [...path, 'rules', i])),
  ...oneOf([...path, 'failurePolicy'], one.failurePolicy, ['Fail', 'Ignore']),
  ...oneOf([...path, 'reinvocationPolicy'], one.reinvocationPolicy, ['IfNeeded', 'Never']),
  ...checkSelectors(one, path),
  ...checkSideEffects(one.sideEffects, [...path, 'sideEffects']),
  ...checkTimeout(one.timeoutSeconds, [...path, 'timeoutSeconds']),
  ...checkVersions(one.admissionReviewVersions ?? [], [...path, 'admissionReviewVersions']),
  ...conditionCauses(one.matchConditions, [...path, 'matchConditions']),
];

/** What is missing altogether, the schema says: here and of the client. */
const checkName = (name: string | undefined, path: Path): Cause[] => {
  if (name === undefined) return [];
  if (name === '') return [cause.required(path)];
  const errors = subdomainErrors(name);
  if (errors.length === 0 && name.split('.').length < 3)
    errors.push('should be a domain with at least three segments separated by dots');
  return errors.map(error => cause.invalid(path, name, error));
};

const checkClient = (client: Webhook['clientConfig'] | undefined, path: Path): Cause[] => {
  if (client === undefined) return [];
  const { url, caBundle, service } = client;
  if (service !== undefined)
    return [cause.forbidden([...path, 'service'], 'services are not reachable from this server: give a url')];
  if (url === undefined) return [cause.required([...path, 'url'], 'url is required')];
  const causes = urlErrors(url).map(error => cause.invalid([...path, 'url'], url, error));
  if (caBundle && !Buffer.from(caBundle, 'base64').toString('latin1').includes('-----BEGIN CERTIFICATE-----'))
    causes.push(cause.invalid([...path, 'caBundle'], caBundle, 'unable to load root certificates: no PEM data'));
  return causes;
};

const urlErrors = (text: string): string[] => {
  const form = 'desired format: https://host[/path]';
  if (!URL.canParse(text)) return [`url must be a valid URL: ${form}`];
  const { protocol, username, password, hash, search } = new URL(text);
  return [
    ...(protocol === 'https:' ? [] : [`'https' is the only allowed URL scheme; ${form}`]),
    ...(username === '' && password === '' ? [] : ['user information is not permitted in the URL']),
    ...(hash === '' ? [] : ['fragments are not permitted in the URL']),
    ...(search === '' ? [] : ['query parameters are not permitted in the URL']),
  ];
};

const checkSideEffects = (value: string | undefined, path: Path): Cause[] =>
  value === undefined
    ? [cause.required(path, 'must specify one of None, NoneOnDryRun')]
    : oneOf(path, value, ['None', 'NoneOnDryRun']);

const checkTimeout = (seconds: number | undefined, path: Path): Cause[] =>
  seconds === undefined || (seconds >= 1 && seconds <= 30)
    ? []
    : [cause.invalid(path, seconds, 'the timeout value must be between 1 and 30 seconds')];

const checkVersions = (versions: readonly string[], path: Path): Cause[] => {
  if (versions.length === 0) return [cause.required(path, 'must specify one of v1, v1beta1')];
  return versions.includes('v1') ? [] : [cause.invalid(path, versions, 'must include at least one of v1')];
};
