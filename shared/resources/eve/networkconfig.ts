import * as z from 'zod';
import type { Cause } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import { cause, type Path } from '../../base/path.ts';
import type { AdmitContext } from '../../kube/resource.ts';
import { ageColumn, defineResource } from '../define.ts';
import { checkCertificate, checkUnique, eve, port, secretKey } from './fields.ts';
import { checkIpFields, ipFields } from './ip.ts';
import { networkSecrets } from './networksecrets.ts';
import { parseProxy } from './proxy.ts';

const ipType = () => z.enum(['IPv4', 'IPv4AndIPv6', 'IPv6']).optional().describe('Which addresses are asked for.');

const login = () => ({
  authentication: z.enum(['None', 'PAP', 'CHAP', 'PAPAndCHAP']).optional().describe('How the network is logged in to.'),
  usernameSecret: secretKey().optional().describe('Name to log in with; encrypted to the device.'),
  passwordSecret: secretKey().optional().describe('Password to log in with; encrypted to the device.'),
});

const apn = () =>
  z.object({
    simSlot: z.int().min(0).max(16).optional().describe('SIM slot that it is for, from 1; 0: any.'),
    apn: z.string().max(253).optional().describe('Name of the access point.'),
    ...login(),
    preferredPLMNs: z
      .array(z.string())
      .max(16)
      .optional()
      .describe('Networks to register with first: the 5 or 6 digits of country and network, e.g. 26201.'),
    preferredRATs: z
      .array(z.enum(['GSM', 'UMTS', 'LTE', '5GNR']))
      .max(4)
      .optional()
      .describe('Radio technologies to use first.'),
    forbidRoaming: z.boolean().optional().describe('Whether networks of others are not used.'),
    ipType: ipType(),
    attach: z
      .object({
        apn: z.string().max(253).optional().describe('Name of its access point.'),
        ipType: ipType(),
        ...login(),
      })
      .optional()
      .describe('Settings of the initial attach bearer.'),
  });

const spec = () =>
  z.object({
    ip: z
      .enum(['dhcp', 'static', 'none'])
      .optional()
      .describe('How ports get their address: dhcp (default), static (each port has its own address), none.'),
    family: z
      .enum(['IPv4', 'IPv6', 'IPv4Only', 'IPv6Only'])
      .optional()
      .describe('IPv4 (default) and IPv6 prefer one and take both; the others take only one.'),
    ...ipFields(),
    exclusively: z
      .object({
        ntp: z.boolean().optional().describe('NTP servers.'),
        addresses: z.boolean().optional().describe('Addresses.'),
        dns: z.boolean().optional().describe('DNS servers and search domain.'),
        gateways: z.boolean().optional().describe('Gateways.'),
      })
      .optional()
      .describe('What DHCP says about these is ignored; only what stands here counts.'),
    mtu: z.int().min(1280).max(65535).optional().describe('Largest packet in bytes. Default 1500.'),
    proxies: z
      .array(z.string().min(1).max(2048))
      .max(16)
      .optional()
      .describe(
        'Proxies as URLs, e.g. https://10.100.100.1:8888. The scheme says for which protocol: http, https, socks, ftp.',
      ),
    proxyExceptions: z
      .array(z.string().min(1))
      .max(256)
      .optional()
      .describe('Names and subnets reached without a proxy.'),
    proxyAutoConfig: z
      .object({
        discover: z.boolean().optional().describe('Find the PAC file by WPAD.'),
        url: z.string().max(2048).optional().describe('Where the PAC file is.'),
        file: z.string().max(1_048_576).optional().describe('The PAC file itself.'),
      })
      .optional()
      .describe('A file that says which proxy is for what (PAC), instead of `proxies`.'),
    proxyCertificates: z
      .array(z.string().max(65536))
      .max(16)
      .optional()
      .describe('Roots of proxies that look into TLS.'),
    wifi: z
      .array(
        z.object({
          ssid: z.string().min(1).max(32).describe('Name of the network.'),
          keyScheme: z.enum(['WPAPSK', 'WPAEAP']).optional().describe('Default WPAPSK.'),
          identity: z.string().max(256).optional().describe('With WPAEAP: name to log in with, in the clear.'),
          identitySecret: secretKey().optional().describe('With WPAEAP: name to log in with; encrypted to the device.'),
          passwordSecret: secretKey().optional().describe('Password of the network; encrypted to the device.'),
          priority: z.int().min(0).max(1000).optional().describe('Higher ones are tried first.'),
        }),
      )
      .max(32)
      .optional()
      .describe('WiFi networks to join, for wireless ports.'),
    cellular: z
      .object({
        accessPoints: z.array(apn()).max(16).optional().describe('Access points, one for each SIM.'),
        activatedSimSlot: z
          .int()
          .min(0)
          .max(16)
          .optional()
          .describe('SIM slot that is used, from 1; 0: as the modem chooses.'),
        locationTracking: z.boolean().optional().describe('Whether the modem tells where it is.'),
        probe: z
          .object({
            disable: z.boolean().optional().describe('Whether it is not checked.'),
            method: z.enum(['ICMP', 'TCP']).optional().describe('How. Default: as EVE does it.'),
            host: z.string().optional().describe('Name or address that is asked.'),
            port: port().optional().describe('With TCP: its port.'),
          })
          .optional()
          .describe('How the connection is checked.'),
      })
      .optional()
      .describe('Settings of modems, for cellular ports.'),
  });

export type NetworkConfigSpec = z.infer<ReturnType<typeof spec>>;
export type NetworkConfig = ApiObject<NetworkConfigSpec>;

/** Settings of a network, to be used by any number of DeviceNetworks. */
export const networkConfig = defineResource(
  {
    ...eve,
    kind: 'NetworkConfig',
    plural: 'networkconfigs',
    shortNames: ['netcfg'],
    categories: ['eve'],
    scope: 'Namespaced',
    description:
      'Settings of a network: addresses, DNS, NTP, proxies, WiFi, cellular. DeviceNetworks put it on ports of devices.',
    spec,
    required: ['spec'],
  },
  {
    columns: [
      { name: 'IP', type: 'string', value: object => specOf(object).ip ?? 'dhcp' },
      { name: 'Subnet', type: 'string', jsonPath: '.spec.subnet' },
      { name: 'Proxies', type: 'integer', value: object => specOf(object).proxies?.length ?? 0 },
      ageColumn,
    ],
    validate: check,
    async admit(draft, _old, context) {
      warnOfGateway(specOf(draft), context);
      await warnOfSecrets(draft, context);
    },
  },
);

// The registry validates every object against the schema that NetworkConfigSpec is inferred from.
const specOf = (object: ApiObject): NetworkConfigSpec => (object.spec ?? {}) as NetworkConfigSpec;

const at: Path = ['spec'];

function check(object: ApiObject): Cause[] {
  const one = specOf(object);
  const family = one.family === 'IPv4Only' ? 4 : one.family === 'IPv6Only' ? 6 : undefined;
  return [
    ...checkIpFields(one, at, family),
    ...(one.ip === 'static' && !one.subnet
      ? [cause.required([...at, 'subnet'], 'a static network needs its subnet')]
      : []),
    ...(one.proxies ?? []).flatMap((url, n) => checkProxy(url, [...at, 'proxies', n])),
    ...(one.proxyCertificates ?? []).flatMap((text, n) => checkCertificate(text, [...at, 'proxyCertificates', n])),
    ...checkExclusively(one),
    ...(one.proxyExceptions ?? []).flatMap((text, n) =>
      /[,\s]/.test(text) ? [cause.invalid([...at, 'proxyExceptions', n], text, 'must be one name or subnet')] : [],
    ),
    ...checkWireless(one),
  ];
}

/** A device that ignores what DHCP says, and is told nothing instead, is lost. */
const checkExclusively = ({ exclusively, ...one }: NetworkConfigSpec): Cause[] => {
  const needed = [
    ['ntp', 'ntp'],
    ['dns', 'dns'],
    ['addresses', 'subnet'],
    ['gateways', 'gateway'],
  ] as const;
  return needed.flatMap(([flag, field]) =>
    exclusively?.[flag] && !one[field]?.length
      ? [cause.required([...at, field], `exclusively.${flag} makes the device ignore what DHCP says of it`)]
      : [],
  );
};

const checkProxy = (url: string, path: Path): Cause[] =>
  parseProxy(url)
    ? []
    : [cause.invalid(path, url, 'must be a URL scheme://host:port with one of the schemes http, https, socks, ftp')];

const checkWireless = (one: NetworkConfigSpec): Cause[] => [
  ...(one.wifi && one.cellular ? [cause.forbidden([...at, 'cellular'], 'may not be set together with wifi')] : []),
  ...(one.wifi ?? []).flatMap((net, n) =>
    net.keyScheme === 'WPAEAP' && !net.identity && !net.identitySecret
      ? [cause.required([...at, 'wifi', n, 'identity'], 'WPAEAP needs an identity')]
      : [],
  ),
  ...checkUnique(
    (one.wifi ?? []).map(({ ssid }) => ssid),
    [...at, 'wifi'],
    'ssid',
  ),
  ...(one.cellular ? checkCellular(one.cellular, [...at, 'cellular']) : []),
];

const checkCellular = (one: NonNullable<NetworkConfigSpec['cellular']>, path: Path): Cause[] => {
  const { accessPoints = [], activatedSimSlot: slot, probe } = one;
  const causes = accessPoints.flatMap((point, n) => checkAccessPoint(point, [...path, 'accessPoints', n]));
  causes.push(
    ...checkUnique(
      accessPoints.map(({ simSlot }) => String(simSlot ?? 0)),
      [...path, 'accessPoints'],
      'simSlot',
    ),
  );
  if (slot && !accessPoints.some(({ simSlot }) => !simSlot || simSlot === slot))
    causes.push(cause.invalid([...path, 'activatedSimSlot'], slot, 'has no access point'));
  if (probe?.method && !probe.host)
    causes.push(cause.required([...path, 'probe', 'host'], `method ${probe.method} needs it`));
  if (probe?.method === 'TCP' && probe.port === undefined)
    causes.push(cause.required([...path, 'probe', 'port'], 'method TCP needs it'));
  return causes;
};

type AccessPoint = z.infer<ReturnType<typeof apn>>;

const checkAccessPoint = (one: AccessPoint, path: Path): Cause[] => [
  ...checkLogin(one, path),
  ...(one.attach ? checkLogin(one.attach, [...path, 'attach']) : []),
  ...(one.preferredPLMNs ?? []).flatMap((text, n) =>
    /^\d{5,6}$/.test(text)
      ? []
      : [cause.invalid([...path, 'preferredPLMNs', n], text, 'must be the 5 or 6 digits of country and network')],
  ),
];

/** Secrets are read only when a protocol says what they are for. */
const checkLogin = (
  one: Pick<AccessPoint, 'authentication' | 'usernameSecret' | 'passwordSecret'>,
  path: Path,
): Cause[] => {
  const isUsed = one.authentication !== undefined && one.authentication !== 'None';
  const isGiven = one.usernameSecret !== undefined || one.passwordSecret !== undefined;
  if (isGiven && !isUsed) return [cause.required([...path, 'authentication'], 'devices ignore the secrets without it')];
  if (isUsed && !isGiven)
    return [cause.required([...path, 'usernameSecret'], `authentication ${one.authentication} needs it`)];
  return [];
};

/** Devices take it, and some live without. */
const warnOfGateway = ({ ip, subnet, gateway }: NetworkConfigSpec, { warn }: AdmitContext): void => {
  if (ip === 'static' && !gateway)
    warn(
      `spec.gateway: without it ports reach only what is in ${subnet}; a device that reaches this controller over one of them needs it in there, or a proxy to it`,
    );
};

const warnOfSecrets = async (draft: ApiObject, { registry, warn }: AdmitContext): Promise<void> => {
  for (const { name } of networkSecrets(specOf(draft))) {
    const found = await registry.find(registry.catalog.get('', 'secrets'), {
      namespace: draft.metadata.namespace,
      name,
    });
    if (!found) warn(`spec: Secret "${name}" does not exist yet`);
  }
};
