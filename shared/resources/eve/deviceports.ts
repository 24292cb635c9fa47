import { count, flag, list, part, text, texts, time } from './reported.ts';

const wireless = () =>
  part({
    type: text(),
    cellular: part({
      modem: text(),
      sims: texts(),
      providers: list({ plmn: text(), name: text(), serving: flag(), roaming: flag(), forbidden: flag() }),
      technologies: texts().describe('GSM, UMTS, LTE, 5GNR.'),
      connectedAt: time(),
      bearers: list({
        apn: text(),
        type: text(),
        ipType: text(),
        connected: flag(),
        connectedAt: time(),
        error: text(),
      }),
      profiles: list({ name: text(), apn: text(), type: text(), ipType: text(), forbidRoaming: flag() }),
      configError: text(),
      probeError: text(),
    }),
  });

const bond = () =>
  part({
    mode: text(),
    activeMember: text(),
    members: list({ name: text(), up: flag(), aggregator: count(), actorChurn: text(), partnerChurn: text() }),
    mii: part({ enabled: flag(), intervalMs: count(), upDelayMs: count(), downDelayMs: count() }),
    arp: part({ enabled: flag(), intervalMs: count(), targets: texts(), missedMax: count() }),
    lacp: part({ rate: text(), aggregator: count(), partnerMAC: text(), actorKey: count(), partnerKey: count() }),
  });

/** Network ports as a device uses them. */
export const ports = () =>
  list({
    name: text().describe('Logical label.'),
    interface: text(),
    mac: text(),
    addresses: texts(),
    routers: texts(),
    dns: texts(),
    dnsDomain: text(),
    dnsSearch: texts(),
    management: flag(),
    up: flag(),
    free: flag().describe('Using it costs nothing.'),
    usage: text(),
    cost: count(),
    mtu: count(),
    network: text().describe("UUID of the network in the device's configuration."),
    configSource: text().describe('Who gave the settings: CONTROLLER, BOOTSTRAP, OVERRIDE, LASTRESORT, TUI, LOC, LPS.'),
    configSubmittedAt: time(),
    wanted: part({
      dhcp: text(),
      subnet: text(),
      gateway: text(),
      domain: text(),
      dns: texts(),
      ntp: texts(),
      rangeStart: text(),
      rangeEnd: text(),
    }).describe('IP settings that it was told.'),
    proxy: part({
      servers: texts().describe('type:server:port'),
      exceptions: text(),
      pac: text(),
      discovered: flag(),
      discoveryURL: text(),
      wpadURL: text(),
    }),
    place: part({
      address: text(),
      hostname: text(),
      city: text(),
      region: text(),
      country: text(),
      coordinates: text(),
      organization: text(),
      postal: text(),
    }).describe('Where its public address is, as the device looked it up.'),
    wireless: wireless(),
    access: part({ enabled: flag(), state: text(), authenticatedAt: time(), error: text() }).describe('802.1X.'),
    bond: bond(),
    error: text(),
  }).describe('Network ports as the device uses them.');

/** Modems and SIM cards. */
export const cellular = () =>
  part({
    modems: list({
      name: text(),
      imei: text(),
      manufacturer: text(),
      model: text(),
      firmware: text(),
      state: text(),
      protocol: text(),
    }),
    sims: list({
      name: text(),
      modem: text(),
      imsi: text(),
      iccid: text(),
      state: text(),
      slot: count(),
      active: flag(),
      type: text(),
    }),
  }).describe('Modems and SIM cards. Signal strength is in the metrics.');
