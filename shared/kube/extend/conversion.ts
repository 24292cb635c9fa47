import { Buffer } from 'node:buffer';
import type { Cause } from '../../base/fault.ts';
import { cause } from '../../base/path.ts';
import type { DefinitionSpec } from './definition.ts';

/** All that is wrong with how a definition wants its versions converted. */
export const conversionCauses = ({ conversion = {} }: DefinitionSpec): Cause[] => {
  const { strategy = 'None', webhook } = conversion;
  const at = ['spec', 'conversion'];
  if (strategy !== 'None' && strategy !== 'Webhook')
    return [cause.notSupported([...at, 'strategy'], strategy, ['None', 'Webhook'])];
  if (strategy === 'None') {
    if (webhook === undefined) return [];
    return [cause.forbidden([...at, 'webhook'], 'should not be set when strategy is not set to Webhook')];
  }
  if (webhook === undefined) return [cause.required([...at, 'webhook'], 'required when strategy is set to Webhook')];
  return [...clientCauses(webhook.clientConfig), ...reviewCauses(webhook.conversionReviewVersions ?? [])];
};

type Client = NonNullable<NonNullable<DefinitionSpec['conversion']>['webhook']>['clientConfig'];

const clientCauses = (client: Client): Cause[] => {
  const at = ['spec', 'conversion', 'webhook', 'clientConfig'];
  if (client?.service !== undefined)
    return [cause.forbidden([...at, 'service'], 'services are not reachable from this server: give a url')];
  if (client?.url === undefined) return [cause.required([...at, 'url'], 'url is required')];
  const causes = urlErrors(client.url).map(error => cause.invalid([...at, 'url'], client.url, error));
  if (client.caBundle !== undefined && client.caBundle !== '' && !isPem(client.caBundle))
    causes.push(cause.invalid([...at, 'caBundle'], client.caBundle, 'unable to load root certificates: no PEM data'));
  return causes;
};

const urlErrors = (text: string): string[] => {
  const form = 'desired format: https://host[/path]';
  if (!URL.canParse(text)) return [`url must be a valid URL: ${form}`];
  const url = new URL(text);
  const errors: string[] = [];
  if (url.protocol !== 'https:') errors.push(`'https' is the only allowed URL scheme; ${form}`);
  if (url.host === '') errors.push(`host must be specified; ${form}`);
  if (url.username !== '' || url.password !== '') errors.push(`user information is not permitted in the URL`);
  if (url.hash !== '') errors.push('fragments are not permitted in the URL');
  if (url.search !== '') errors.push('query parameters are not permitted in the URL');
  return errors;
};

const isPem = (base64: string): boolean =>
  Buffer.from(base64, 'base64').toString('latin1').includes('-----BEGIN CERTIFICATE-----');

const reviewCauses = (versions: readonly string[]): Cause[] => {
  const at = ['spec', 'conversion', 'webhook', 'conversionReviewVersions'];
  if (versions.length === 0) return [cause.required(at)];
  return versions.includes('v1') ? [] : [cause.invalid(at, versions, 'must include at least one of v1')];
};
