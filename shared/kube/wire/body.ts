import { printJson } from '../../base/json.ts';
import type { Json } from '../../base/object.ts';
import { printYaml } from '../../base/yaml.ts';
import { type Accepted, mediaTypes } from './negotiate.ts';

/** A value in the form that was negotiated. JSON ends with a newline, as from any API server. */
export const toBody = (value: unknown, { format, pretty }: Accepted): { text: string; contentType: string } => {
  const contentType = mediaTypes[format];
  // Objects of the API are JSON values; nothing else is ever answered.
  if (format === 'yaml') return { text: printYaml(value as Json), contentType };
  return { text: `${pretty ? printJson(value, 2) : printJson(value)}\n`, contentType };
};
