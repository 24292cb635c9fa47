import { count, flag, list, number, part, text, texts, time } from './reported.ts';

/** What applications attach to on a device. */
export const networkInstances = () =>
  list({
    uuid: text(),
    name: text().describe('Name of the DeviceNetwork.'),
    version: text(),
    type: text(),
    state: text().describe('INIT, ONLINE, ERROR.'),
    activated: flag(),
    upSince: time(),
    ports: texts(),
    bridge: text(),
    bridgeNumber: count(),
    bridgeAddress: text(),
    mtu: count(),
    leases: list({ mac: text(), addresses: texts() }).describe('Addresses that were given out.'),
    interfaces: list({ name: text(), mac: text(), application: text() }),
    adapters: texts(),
    routes: list({ destination: text(), gateway: text(), port: text(), application: text() }),
    errors: texts(),
  }).describe('What DeviceNetworks became on the device.');

export const patchEnvelopes = () =>
  list({
    uuid: text(),
    name: text(),
    version: text(),
    state: text().describe('RECEIVED, DOWNLOADING, DOWNLOADED, READY, ACTIVE, ERROR.'),
    sizeBytes: count(),
    errors: texts(),
  }).describe('PatchEnvelopes that the device has.');

export const downloads = () =>
  list({ sha256: text(), state: text(), progress: count(), sizeBytes: count(), error: text() }).describe(
    'Parts of content that are on their way, or cannot be had.',
  );

export const edgeView = () =>
  part({
    startedAt: time(),
    expiresAt: time(),
    deviceSessions: count(),
    applicationSessions: count(),
    externalSessions: count(),
  }).describe('Remote access by EdgeView.');

export const location = () =>
  part({
    latitude: number().describe('Degrees, north is positive.'),
    longitude: number().describe('Degrees, east is positive.'),
    altitude: number().describe('Metres.'),
    time: time(),
    horizontalReliability: text(),
    verticalReliability: text(),
    horizontalUncertainty: number().describe('Metres.'),
    verticalUncertainty: number().describe('Metres.'),
    source: text().describe('Logical label of the modem that found it.'),
  }).describe('Where the device says that it is.');

export const timeSources = () =>
  list({
    host: text(),
    address: text(),
    port: count(),
    state: text(),
    mode: text(),
    stratum: count(),
    reachable: flag(),
    authenticated: flag(),
  }).describe('Where the device has the time from.');

/** The cluster that a device is a node of. */
export const cluster = () =>
  part({
    id: text(),
    node: text().describe('How this device stands in it: READY, NOTREADY, DOWN.'),
    nodes: list({
      name: text(),
      uuid: text(),
      server: flag(),
      version: text(),
      address: text(),
      schedulable: flag(),
      admission: text(),
      createdAt: time(),
      conditions: list({ type: text(), set: flag(), changedAt: time() }),
    }),
    namespaces: list({
      name: text(),
      pods: count(),
      running: count(),
      pending: count(),
      failed: count(),
      succeeded: count(),
    }),
    pods: list({
      name: text(),
      status: text(),
      restarts: count(),
      restartedAt: time(),
      createdAt: time(),
      address: text(),
      node: text(),
    }),
    vms: list({ name: text(), status: text(), ready: flag(), createdAt: time(), changedAt: time(), node: text() }),
    storage: part({
      health: text(),
      changedAt: time(),
      volumes: list({
        name: text(),
        uuid: text(),
        state: text(),
        robustness: text(),
        health: text(),
        claim: text(),
        createdAt: time(),
        provisionedBytes: count(),
        allocatedBytes: count(),
        replicas: list({ name: text(), node: text(), status: text(), rebuildPercent: count() }),
      }),
    }),
    updates: list({ component: text(), status: text(), node: text(), cluster: text(), error: text() }),
  }).describe('The cluster that the device is a node of.');
