import type { JsonMap } from '../../base/object.ts';
import { type NTPSource, NTPSourceMode, NTPSourceState, type ZInfoNTPSources } from '../../eve/generated/info.ts';
import { nameIfAny, nameOf } from './names.ts';
import { countOf, defined, listOf, textOf } from './value.ts';

const state = nameOf(NTPSourceState, 'NTP_SOURCE_STATE_');
const mode = nameIfAny(NTPSourceMode, 'NTP_SOURCE_MODE_');

/** The status of a Device after it told its sources of time. Measurements, which never stand still, are in the stream. */
export const reflectTimeSources = (status: JsonMap, { sources }: ZInfoNTPSources): JsonMap => ({
  ...status,
  timeSources: listOf(sources, toSource, 32) ?? [],
});

const toSource = (one: NTPSource): JsonMap =>
  defined({
    host: textOf(one.hostname),
    address: textOf(one.src_addr),
    port: countOf(one.src_port),
    state: state(one.state),
    mode: mode(one.mode),
    stratum: countOf(one.stratum),
    reachable: one.reachable ?? false,
    authenticated: one.authenticated,
  });
