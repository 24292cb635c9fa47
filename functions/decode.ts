import { decode } from '../shared/base/protobuf.ts';
import type { EveMessages } from '../shared/eve/generated/table.ts';
import { eve } from '../shared/eve/generated/table.ts';
import { toJson } from '../shared/eve/json.ts';
import { readNewlogs } from '../shared/eve/newlogs.ts';
import type { Decode } from '../shared/stream/app.ts';

/**
 * What devices send, as people read it: log files line by line, each with the image and version that wrote it; reports as
 * proto-JSON.
 */
export const decodeTelemetry: Decode = async (kind, body) => {
  if (kind === 'log' || kind === 'applog') {
    const { entries, image, eveVersion } = await readNewlogs(body);
    const origin = { ...(image !== undefined && { image }), ...(eveVersion !== undefined && { eveVersion }) };
    return entries.map(line => ({ ...line, ...origin, ...(line.tags && { tags: { ...line.tags } }) }));
  }
  const name = messages[kind];
  if (name === undefined) throw new TypeError(`no message for telemetry of kind ${kind}`);
  return [toJson(name, decode(eve, name, body))];
};

const messages: Readonly<Record<string, keyof EveMessages>> = {
  info: 'info.ZInfoMsg',
  metrics: 'metrics.ZMetricMsg',
  flowlog: 'flowlog.FlowMessage',
  hardwarehealth: 'hardwarehealth.ZHardwareHealth',
};
