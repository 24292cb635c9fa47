import type { Cause } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import { cause, type Path } from '../../base/path.ts';

/** Annotations that begin with this set one EVE config item of a Device: `config.eve.lfedge.org/<item>: <value>`. */
export const optionPrefix = 'config.eve.lfedge.org/';

/** The ConfigMap whose keys are options: in `kube-system` for all devices, in a namespace for the devices of it. */
export const optionsName = 'eve-global-options';
export const globalNamespace = 'kube-system';

/** What a device may be told by options, as the device itself checks it: bounds of a number, or a kind of text. */
export type OptionRule =
  | readonly [min: number, max: number]
  | 'bool'
  | 'tristate'
  | 'string'
  | readonly string[]
  | { readonly form: RegExp; readonly says: string };

/** The rule of an option; undefined when it is not known (newer devices know more). */
export const optionRule = (key: string): OptionRule | undefined => {
  const level = /^agent\.[^.]+\.debug(\.remote)?\.loglevel$|^debug\.[^.]+(\.remote)?\.loglevel$/;
  if (Object.hasOwn(rules, key)) return rules[key];
  return level.test(key) ? agentLevels : undefined;
};

/** What is wrong with an option's value; undefined when nothing is, or when the option is not known. */
export const optionProblem = (key: string, value: string): string | undefined => {
  const rule = optionRule(key);
  if (rule === undefined || rule === 'string') return undefined;
  if (rule === 'bool') return booleans.includes(value) ? undefined : 'must be true or false';
  if (rule === 'tristate') return tristates.includes(value) ? undefined : 'must be one of none, enabled, disabled';
  if ('form' in rule) return value === '' || rule.form.test(value) ? undefined : rule.says;
  if (typeof rule[0] === 'string')
    return rule.some(one => one === value)
      ? undefined
      : `must be one of ${rule.map(one => JSON.stringify(one)).join(', ')}`;
  const [min, max] = rule;
  const inside = /^\d{1,10}$/.test(value) && Number(value) >= Number(min) && Number(value) <= Number(max);
  return inside ? undefined : `must be a whole number from ${min} to ${max}`;
};

/** Options as a Device's annotations give them, by item. */
export const deviceOptions = (device: Pick<ApiObject, 'metadata'>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(device.metadata.annotations ?? {})
      .filter(([key]) => key.startsWith(optionPrefix))
      .map(([key, value]) => [key.slice(optionPrefix.length), value]),
  );

/** Wrong values among a Device's option annotations. */
export const checkDeviceOptions = (device: ApiObject): Cause[] =>
  check(deviceOptions(device), key => ['metadata', 'annotations', { key: optionPrefix + key }]);

/** For the ConfigMap kind's `validate`: wrong values in `eve-global-options`; nothing for any other ConfigMap. */
export const checkGlobalOptions = (configMap: ApiObject): Cause[] =>
  configMap.metadata.name === optionsName ? check(dataOf(configMap), key => ['data', { key }]) : [];

/** For the ConfigMap kind's `admit`: texts to warn with about options that this controller does not know. */
export const unknownGlobalOptions = (configMap: ApiObject): string[] =>
  configMap.metadata.name === optionsName ? unknownOptions(dataOf(configMap), key => `data[${key}]`) : [];

/** Texts to warn with about option annotations that this controller does not know. */
export const unknownDeviceOptions = (device: ApiObject): string[] =>
  unknownOptions(deviceOptions(device), key => `metadata.annotations[${optionPrefix}${key}]`);

/** The string data of a ConfigMap. */
export const dataOf = (configMap: ApiObject): Record<string, string> => {
  const data = configMap['data'];
  if (data === null || typeof data !== 'object') return {};
  return Object.fromEntries(
    Object.entries(data).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  );
};

const check = (options: Record<string, string>, path: (key: string) => Path): Cause[] =>
  Object.entries(options).flatMap(([key, value]) => {
    const problem = optionProblem(key, value);
    return problem === undefined ? [] : [cause.invalid(path(key), value, problem)];
  });

const unknownOptions = (options: Record<string, string>, path: (key: string) => string): string[] =>
  Object.keys(options)
    .filter(key => optionRule(key) === undefined)
    .map(key => `${path(key)}: EVE config item "${key}" is not known to this controller; it is passed on as it is`);

const booleans = ['true', 'false', '1', 't', 'T', 'TRUE', 'True', '0', 'f', 'F', 'FALSE', 'False'];
const tristates = ['none', 'enabled', 'enable', 'on', 'disabled', 'disable', 'off'];
const agentLevels = ['panic', 'fatal', 'error', 'warning', 'info', 'debug', 'trace'];
const syslogLevels = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'];

const publicKeys = {
  form: /^(?:(?:ssh-[a-z0-9-]{2,20}|ecdsa-sha2-[a-z0-9-]{2,20}|sk-[a-z0-9@.-]{2,60}) [A-Za-z0-9+/=]{1,16384}(?: [^\n]{0,1024})?\n?){1,64}$/,
  says: 'must be public keys as in authorized_keys, one a line, without options',
};
const base64 = {
  form: /^(?:[A-Za-z0-9+/]{4}){0,262144}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
  says: 'must be base64',
};
const cron = { form: /^[\d*/,-]{1,64}(?: [\d*/,A-Za-z-]{1,64}){4}$/, says: 'must be the five fields of cron' };
const places = {
  form: /^[^\s,:]{1,255}:\d{1,7}(?:,[^\s,:]{1,255}:\d{1,7}){0,255}$/,
  says: 'must be a comma list of file:line',
};
const hostName = '(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62})\\.){0,10}[A-Za-z][A-Za-z0-9-]{0,62}';
const httpsHost = { form: new RegExp(`^${hostName}$`), says: 'must be the name of a host, no address' };
const httpHost = {
  form: /^(?:http:\/\/)?[^\s/]{1,255}(?:\/[^\s]{0,1024})?$/,
  says: 'must be a host or a URL http://',
};

/** Config items of EVE with their bounds (reference: the device's own specification table). */
const rules: Record<string, OptionRule> = {
  'airgap.mode': 'tristate',
  'app.allow.vnc': 'bool',
  'app.boot.order': ['', 'usb', 'nousb'],
  'app.enable.tcp.mss.clamping': 'bool',
  'app.fml.resolution': ['', '800x600', '1024x768', '1280x800', '1920x1080'],
  'blob.download.max.retries': [1, 10],
  'datastore.http.security.allowinsecureauth': 'bool',
  'debug.default.loglevel': agentLevels,
  'debug.default.remote.loglevel': agentLevels,
  'debug.disable.dhcp.all-ones.netmask': 'bool',
  'debug.enable.console': 'bool',
  'debug.enable.efi': 'bool',
  'debug.enable.ssh': publicKeys,
  'debug.enable.usb': 'bool',
  'debug.enable.vga': 'bool',
  'debug.enable.vnc.shim.vm': 'bool',
  'debug.kernel.loglevel': syslogLevels,
  'debug.kernel.remote.loglevel': syslogLevels,
  'debug.qemu.gdb': 'bool',
  'debug.qemu.guest.core': 'bool',
  'debug.qemu.igpu.no.mmap': 'bool',
  'debug.qemu.pause.on.crash': 'bool',
  'debug.qemu.process.core': 'bool',
  'debug.qemu.process.core.guest.ram': 'bool',
  'debug.qemu.trace.events': 'string',
  'debug.syslog.loglevel': syslogLevels,
  'debug.syslog.remote.loglevel': syslogLevels,
  'debug.tui.loglevel': ['OFF', 'ERROR', 'WARN', 'INFO', 'DEBUG', 'TRACE'],
  'dhcp.enable.vendorclassid': 'bool',
  'diag.probe.remote.http.endpoint': httpHost,
  'diag.probe.remote.https.endpoint': httpsHost,
  'drain.skip.k8sapinotreachable.timeout': [1, 4294967295],
  'edgeview.authen.publickey': publicKeys,
  'force.fallback.counter': [0, 4294967295],
  'gogc.forced.growth.memory.MiB': [10, 1024],
  'gogc.forced.growth.memory.percent': [5, 300],
  'gogc.forced.interval.seconds': [0, 1000],
  'gogc.memory.limit.bytes': [0, 4294967295],
  'gogc.percent': [0, 500],
  'goroutine.leak.detection.check.interval.minutes': [1, 4294967295],
  'goroutine.leak.detection.check.window.minutes': [10, 4294967295],
  'goroutine.leak.detection.cooldown.minutes': [1, 4294967295],
  'goroutine.leak.detection.keep.stats.hours': [1, 4294967295],
  'goroutine.leak.detection.threshold': [1, 4294967295],
  'igpu.gop': { form: /^[^/\\]{1,255}$/, says: 'must be the name of a file, without its folder' },
  'internal-memory-monitor.analyze.enabled': 'bool',
  'internal-memory-monitor.store.enabled': 'bool',
  'k3s.config.override': base64,
  'k3s.version': 'string',
  'kubernetes.drain.allnodes.config.multiple': [1, 1000],
  'kubernetes.drain.timeout': [1, 4294967295],
  'kubernetes.vmi.deschedule.events': ['', 'boot'],
  'log.count.filenames': places,
  'log.dedup.window.size': [0, 4294967295],
  'log.filter.filenames': places,
  'maintenance.mode': 'tristate',
  'memory-monitor.enabled': 'bool',
  'memory.apps.ignore.check': 'bool',
  'memory.eve.limit.MiB': [0, 4294967295],
  'memory.eve.limit.bytes': [0, 4294967295],
  'memory.vmm.limit.MiB': [0, 1073741824],
  'msrv.prometheus.metrics.burst': [1, 4294967295],
  'msrv.prometheus.metrics.idletimeout.seconds': [1, 4294967295],
  'msrv.prometheus.metrics.rps': [1, 4294967295],
  'netdump.downloader.http.with.fieldvalue': 'bool',
  'netdump.downloader.with.pcap': 'bool',
  'netdump.enable': 'bool',
  'netdump.topic.maxcount': [1, 4294967295],
  'netdump.topic.postonboard.interval': [60, 4294967295],
  'netdump.topic.preonboard.interval': [60, 4294967295],
  'network.download.max.cost': [0, 255],
  'network.fallback.any.eth': 'tristate',
  'network.local.legacy.mac.address': 'bool',
  'network.switch.enable.arpsnoop': 'bool',
  'newlog.allow.fastupload': 'bool',
  'newlog.gzipfiles.ondisk.maxmegabytes': [10, 4294967295],
  'pnac.dhcp.reacquire.max.retries': [0, 8],
  'process.cloud-init.multipart': 'bool',
  'scep.retry.interval': [60, 3600],
  'storage.apps.ignore.disk.check': 'bool',
  'storage.dom0.disk.maxusagebytes': [104857600, 4294967295],
  'storage.dom0.disk.minusage.percent': [20, 80],
  'storage.longhorn.disk.reserved.gigabytes': [0, 1048576],
  'storage.longhorn.node-drain-policy': [
    'block-for-eviction',
    'block-for-eviction-if-contains-last-replica',
    'allow-if-replica-is-stopped',
    'always-allow',
  ],
  'storage.longhorn.snapshot.cron': cron,
  'storage.zfs.reserved.percent': [1, 99],
  'timer.appcontainer.stats.interval': [1, 4294967295],
  'timer.boot.retry': [10, 4294967295],
  'timer.cert.interval': [60, 4294967295],
  'timer.config.interval': [5, 86400],
  'timer.defer.content.delete': [0, 86400],
  'timer.deviceinfo.interval': [30, 4294967295],
  'timer.dial.timeout': [0, 3600],
  'timer.download.retry': [60, 4294967295],
  'timer.download.stalled': [20, 4294967295],
  'timer.gc.vdisk': [60, 4294967295],
  'timer.hardwarehealth.interval': [21600, 4294967295],
  'timer.location.app.interval': [5, 3600],
  'timer.location.cloud.interval': [300, 4294967295],
  'timer.lps.appbootinfo.interval': [3, 3600],
  'timer.lps.appinfo.interval': [3, 3600],
  'timer.lps.devinfo.interval': [3, 3600],
  'timer.lps.network.interval': [3, 3600],
  'timer.lps.profile.interval': [3, 3600],
  'timer.lps.radio.interval': [3, 3600],
  'timer.metric.diskscan.interval': [5, 3600],
  'timer.metric.interval': [5, 3600],
  'timer.ntpsources.interval': [60, 4294967295],
  'timer.port.georedo': [60, 4294967295],
  'timer.port.georetry': [5, 4294967295],
  'timer.port.testbetterinterval': [0, 4294967295],
  'timer.port.testduration': [10, 3600],
  'timer.port.testinterval': [300, 3600],
  'timer.port.timeout': [0, 3600],
  'timer.reboot.no.network': [120, 4294967295],
  'timer.send.timeout': [0, 3600],
  'timer.test.baseimage.update': [30, 3600],
  'timer.update.fallback.no.network': [60, 4294967295],
  'timer.vault.ready.cutoff': [60, 4294967295],
  'timer.vault.trim.cron': cron,
  'timer.vault.trim.max.secs': [0, 4294967295],
  'timer.zfs.pool.trim.cron': cron,
  'vector.config': base64,
  'vector.enabled': 'bool',
  'wwan.modem.recovery.reload.drivers': 'bool',
  'wwan.modem.recovery.restart.modemmanager': 'bool',
  'wwan.modem.recovery.watchdog': 'bool',
  'wwan.query.visible.providers': 'bool',
};
