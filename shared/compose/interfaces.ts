import { Fault } from '../base/fault.ts';
import { isInside, parseCidr, parseIp } from '../base/ip.ts';
import { printValue } from '../base/path.ts';
import { type ACE, ACEDirection, type NetworkAdapter } from '../eve/generated/config.ts';
import { misplaced, type Rule } from '../resources/eve/acl.ts';
import type { Application } from '../resources/eve/application.ts';
import type { ApplicationSpec, Container } from '../resources/eve/applicationspec.ts';
import type { Instance } from './instances.ts';
import { addressField, type Nic, networkField, toNics } from './nics.ts';

/** The network interfaces of one container, in NIC order, with rules whose ids rise (EVE sorts by them). */
export const addInterfaces = (
  one: Application,
  spec: ApplicationSpec,
  container: Container,
  at: number,
  instances: ReadonlyMap<string, Instance>,
): NetworkAdapter[] => {
  const enforce = spec.eve?.enforceInterfaceOrder;
  let id = 0;
  return toNics(one, spec).map((nic, order) => {
    const instance = findInstance(one, nic, instances);
    const rules = nic.spec?.acls ?? instance.network.spec?.instance?.acls;
    const path = nic.spec?.acls ? `${nic.field}.acls` : `${networkField(nic)}: ${ruleField(instance)}`;
    for (const [at, one] of (rules ?? []).entries()) {
      const wrong = misplaced(one, instance.type);
      if (wrong) throw new Fault('Invalid', `${path}[${at}].${wrong.field}: Forbidden: ${wrong.why}`);
    }
    const maps = order === 0 ? (container.ports ?? []) : [];
    const acls = [...(rules?.map(toAce) ?? allowAll(instance.type)), ...maps.flatMap(toPortMap)];
    const addr = nic.spec?.address ?? nic.choice?.ips?.[0];
    const mapped = maps.findIndex(({ hostPort }) => hostPort !== undefined);
    if (mapped >= 0 && instance.type === 'switch')
      throw new Fault(
        'Invalid',
        `spec.containers[${at}].ports[${mapped}].hostPort: Forbidden: interface "${nic.name}" is on a switch, which maps no ports of the device`,
      );
    if (addr !== undefined) requireInside(addr, instance, addressField(nic));
    if (nic.spec?.accessVLAN && instance.type === 'local')
      throw new Fault('Invalid', `${nic.field}.accessVLAN: Forbidden: only a switch has VLANs`);
    return {
      name: nic.name,
      networkId: instance.id,
      // Fixed addresses are those of the first container; two machines cannot share one.
      addr: at === 0 ? addr : undefined,
      macAddress: at === 0 ? (nic.spec?.mac ?? nic.choice?.mac) : undefined,
      hostname: nic.spec?.hostname,
      acls: acls.map(ace => ({ ...ace, id: ++id })),
      access_vlan_id: nic.spec?.accessVLAN,
      allow_to_discover: nic.spec?.allowToDiscover,
      interface_order: enforce ? order : undefined,
    };
  });
};

const ruleField = ({ network }: Instance): string => `DeviceNetwork "${network.metadata.name}": spec.instance.acls`;

const findInstance = (one: Application, nic: Nic, instances: ReadonlyMap<string, Instance>): Instance => {
  const name = nic.spec?.network ?? nic.choice?.name;
  const namespace = nic.choice?.namespace;
  const field = networkField(nic);
  if (name === undefined)
    throw new Fault('Invalid', `${field}: Required value: interface "${nic.name}" needs its network`);
  if (namespace !== undefined && namespace !== one.metadata.namespace)
    throw new Fault('NotFound', `${field}: network "${namespace}/${name}" is in another namespace`);
  const instance = instances.get(name);
  if (!instance) throw new Fault('NotFound', `${field}: the device has no network "${name}"`);
  return instance;
};

const requireInside = (address: string, { type, subnet }: Instance, field: string): void => {
  if (type === 'switch')
    throw new Fault('Invalid', `${field}: Forbidden: a switch gives no addresses; leave ${address} out`);
  const ip = parseIp(address);
  const block = parseCidr(subnet ?? '');
  if (ip && block && !isInside(ip, block))
    throw new Fault('Invalid', `${field}: Invalid value: ${printValue(address)}: is outside of ${subnet}`);
};

const allowAll = (type: Instance['type']): ACE[] =>
  (type === 'switch' ? ['0.0.0.0/0', '::/0'] : ['0.0.0.0/0']).map(value => ({ matches: [{ type: 'ip', value }] }));

const toPortMap = (port: NonNullable<Container['ports']>[number]): ACE[] =>
  port.hostPort === undefined
    ? []
    : [
        {
          name: port.name,
          matches: [
            { type: 'protocol', value: (port.protocol ?? 'TCP').toLowerCase() },
            { type: 'lport', value: String(port.hostPort) },
          ],
          actions: [{ portmap: true, appPort: port.containerPort }],
        },
      ];

const directions = { Both: ACEDirection.BOTH, Ingress: ACEDirection.INGRESS, Egress: ACEDirection.EGRESS };

const toAce = (rule: Rule): ACE => {
  const matches: [string, string | undefined][] = [
    ['ip', rule.ip],
    ['host', rule.host],
    ['eidset', rule.eidset ? '' : undefined],
    ['protocol', rule.protocol],
    ['lport', rule.localPort],
    ['fport', rule.remotePort],
    ['adapter', rule.adapter],
  ];
  const given = matches.flatMap(([type, value]) => (value === undefined ? [] : [{ type, value }]));
  const actions = [];
  if (rule.drop) actions.push({ drop: true });
  if (rule.mapTo !== undefined) actions.push({ portmap: true, appPort: rule.mapTo });
  if (rule.limit)
    actions.push({ limit: true, limitrate: rule.limit.rate, limitunit: rule.limit.per, limitburst: rule.limit.burst });
  return {
    name: rule.name,
    // A rule that names nothing means everything, which EVE wants said.
    matches: given.length > 0 ? given : [{ type: 'ip', value: '0.0.0.0/0' }],
    actions,
    dir: rule.direction && directions[rule.direction],
  };
};
