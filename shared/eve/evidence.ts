import { toBase64, toHex } from '../base/bytes.ts';
import { isFault } from '../base/fault.ts';
import type { JsonMap } from '../base/object.ts';
import { decode } from '../base/protobuf.ts';
import { type MeasuredEvent, readEventLog, replay } from './eventlog.ts';
import { TpmHashAlgo, type ZAttestQuote } from './generated/attest.ts';
import { eve } from './generated/table.ts';
import { toJson } from './json.ts';

/**
 * A quote as people read it: with the registers by their number, and the event log taken apart. `registers` has for each what
 * was told (`value`), what the log leads to (`logged`), and whether both agree.
 */
export const decodeQuote = (body: Uint8Array): JsonMap => {
  const quote = decode(eve, 'attest.ZAttestQuote', body);
  const { tpm_binary_event_log: packed, pcr_values: _, ...rest } = quote;
  const events = packed?.length ? read(packed) : [];
  const logged = Array.isArray(events) ? replay(events) : {};
  return {
    ...toJson('attest.ZAttestQuote', rest),
    registers: Object.fromEntries(
      registersOf(quote).map(([index, value]) => {
        const led = logged[index];
        return [index, { value, ...(led !== undefined && { logged: led, agrees: led === value }) }];
      }),
    ),
    ...(Array.isArray(events)
      ? { events: events.map(toEvent) }
      : { eventLogError: events, eventLog: toBase64(packed ?? new Uint8Array()) }),
  };
};

const read = (packed: Uint8Array): MeasuredEvent[] | string => {
  try {
    return readEventLog(packed);
  } catch (error) {
    if (!isFault(error)) throw error;
    return error.message;
  }
};

const registersOf = ({ pcr_values: values = [] }: ZAttestQuote): [string, string][] =>
  values
    .filter(one => one.hash_algo === TpmHashAlgo.TPM_HASH_ALGO_SHA256)
    .map(one => [String(one.index ?? 0), toHex(one.value ?? new Uint8Array())]);

const toEvent = ({ register, type, sha256, data }: MeasuredEvent): JsonMap => ({
  register,
  type: types[type] ?? `0x${type.toString(16)}`,
  ...(sha256 && { sha256: toHex(sha256) }),
  // What can be read is shown as text, the rest as it is.
  ...(isText(data) ? { text: Buffer.from(data).toString('utf8').replaceAll('\0', '') } : { data: toBase64(data) }),
});

const isText = (data: Uint8Array): boolean =>
  data.length > 0 && data.every(byte => byte === 0 || byte === 9 || byte === 10 || (byte >= 32 && byte < 127));

/** TCG PC Client Platform Firmware Profile, §10.4.1. */
const types: Readonly<Record<number, string>> = {
  0: 'EV_PREBOOT_CERT',
  1: 'EV_POST_CODE',
  3: 'EV_NO_ACTION',
  4: 'EV_SEPARATOR',
  5: 'EV_ACTION',
  6: 'EV_EVENT_TAG',
  7: 'EV_S_CRTM_CONTENTS',
  8: 'EV_S_CRTM_VERSION',
  9: 'EV_CPU_MICROCODE',
  10: 'EV_PLATFORM_CONFIG_FLAGS',
  11: 'EV_TABLE_OF_DEVICES',
  12: 'EV_COMPACT_HASH',
  13: 'EV_IPL',
  14: 'EV_IPL_PARTITION_DATA',
  15: 'EV_NONHOST_CODE',
  16: 'EV_NONHOST_CONFIG',
  17: 'EV_NONHOST_INFO',
  18: 'EV_OMIT_BOOT_DEVICE_EVENTS',
  2147483649: 'EV_EFI_VARIABLE_DRIVER_CONFIG',
  2147483650: 'EV_EFI_VARIABLE_BOOT',
  2147483651: 'EV_EFI_BOOT_SERVICES_APPLICATION',
  2147483652: 'EV_EFI_BOOT_SERVICES_DRIVER',
  2147483653: 'EV_EFI_RUNTIME_SERVICES_DRIVER',
  2147483654: 'EV_EFI_GPT_EVENT',
  2147483655: 'EV_EFI_ACTION',
  2147483656: 'EV_EFI_PLATFORM_FIRMWARE_BLOB',
  2147483657: 'EV_EFI_HANDOFF_TABLES',
  2147483872: 'EV_EFI_VARIABLE_AUTHORITY',
};
