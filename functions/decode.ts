import { decode } from '../shared/base/protobuf.ts';
import { decodeQuote } from '../shared/eve/evidence.ts';
import { AppInstMetaDataType, type ZInfoMsg } from '../shared/eve/generated/info.ts';
import type { EveMessages } from '../shared/eve/generated/table.ts';
import { eve } from '../shared/eve/generated/table.ts';
import { toJson } from '../shared/eve/json.ts';
import { readNested } from '../shared/eve/nested.ts';
import { readNewlogs } from '../shared/eve/newlogs.ts';
import type { Decode } from '../shared/stream/app.ts';

/**
 * What devices send, as people read it: log files line by line, each with the image and version that wrote it, lines of
 * containers within an application as theirs; reports as proto-JSON.
 */
export const decodeTelemetry: Decode = async (kind, body) => {
  if (kind === 'log' || kind === 'applog') {
    const { entries, image, eveVersion } = await readNewlogs(body);
    const origin = { ...(image !== undefined && { image }), ...(eveVersion !== undefined && { eveVersion }) };
    return entries.map(line => ({
      ...line,
      ...(kind === 'applog' && readNested(line.content)),
      ...origin,
      ...(line.tags && { tags: { ...line.tags } }),
    }));
  }
  if (kind === 'attestation') return [decodeQuote(body)];
  const name = messages[kind];
  if (name === undefined) throw new TypeError(`no message for telemetry of kind ${kind}`);
  if (kind === 'info') return [toJson('info.ZInfoMsg', withoutKubeconfig(decode(eve, 'info.ZInfoMsg', body)))];
  return [toJson(name, decode(eve, name, body))];
};

/** The kubeconfig of an application is a Secret of its own; it is not for everybody who may read what devices report. */
const withoutKubeconfig = (message: ZInfoMsg): ZInfoMsg => {
  const { amdinfo } = message;
  if (amdinfo?.type !== AppInstMetaDataType.APP_INST_META_DATA_TYPE_KUBE_CONFIG) return message;
  const { data: _, ...kept } = amdinfo;
  return { ...message, amdinfo: kept };
};

const messages: Readonly<Record<string, keyof EveMessages>> = {
  info: 'info.ZInfoMsg',
  metrics: 'metrics.ZMetricMsg',
  flowlog: 'flowlog.FlowMessage',
  hardwarehealth: 'hardwarehealth.ZHardwareHealth',
};
