import type { Candidate } from './candidate.ts';
import type { Demand } from './demand.ts';

/** What the scheduler knows of one namespace: its Devices, its Applications, and who is where. */
export interface Place {
  readonly devices: Map<string, Candidate>;
  readonly applications: Map<string, Demand>;
  /** Who has the volume of a PersistentVolumeClaim, by the claim's name. */
  readonly volumes: Map<string, Holder>;
  /** Names of the Devices that Applications of a DeviceCluster may be started on. */
  readonly clusters: Map<string, ReadonlySet<string>>;
  /** Names of the Applications on a Device. */
  readonly residents: Map<string, Set<string>>;
  /** Applications that have no Device. */
  readonly pending: Set<string>;
  /** Applications on a Device that keep others away. */
  readonly aloof: Set<string>;
}

export interface Holder {
  /** Name of the Device; '' while none has it. */
  readonly device: string;
  /** Whether one Application at a time may mount it. */
  readonly isForOne: boolean;
  /** Whether its cluster keeps copies on other nodes. */
  readonly isShared: boolean;
}

export interface World {
  in(namespace: string): Place;
  /** Records an Application as it is now; undefined: it is gone. */
  setApplication(namespace: string, name: string, demand: Demand | undefined): void;
  setDevice(namespace: string, name: string, candidate: Candidate | undefined): void;
}

export const createWorld = (): World => {
  const places = new Map<string, Place>();
  const placeOf = (namespace: string): Place => {
    let place = places.get(namespace);
    if (!place) {
      place = {
        devices: new Map(),
        applications: new Map(),
        volumes: new Map(),
        clusters: new Map(),
        residents: new Map(),
        pending: new Set(),
        aloof: new Set(),
      };
      places.set(namespace, place);
    }
    return place;
  };
  return {
    in: placeOf,
    setApplication(namespace, name, demand) {
      const place = placeOf(namespace);
      const before = place.applications.get(name);
      if (before?.device !== undefined) place.residents.get(before.device)?.delete(name);
      place.pending.delete(name);
      place.aloof.delete(name);
      place.applications.delete(name);
      if (!demand) return;
      place.applications.set(name, demand);
      if (demand.device === undefined) {
        if (!demand.isLeaving) place.pending.add(name);
        return;
      }
      if (demand.apart.required.length > 0) place.aloof.add(name);
      const residents = place.residents.get(demand.device) ?? new Set();
      place.residents.set(demand.device, residents.add(name));
    },
    setDevice(namespace, name, candidate) {
      const { devices } = placeOf(namespace);
      if (candidate) devices.set(name, candidate);
      else devices.delete(name);
    },
  };
};

/** The Applications on a Device. */
export function* residentsOf(place: Place, device: string): Generator<Demand> {
  for (const name of place.residents.get(device) ?? []) {
    const demand = place.applications.get(name);
    if (demand) yield demand;
  }
}

/** Where labels say that a Device is; a name is a place of its own. */
export const topologyOf = ({ metadata }: Candidate, key: string): string | undefined => {
  if (key === 'name' || key === 'metadata.name' || key === 'kubernetes.io/hostname') return metadata.name;
  return Object.hasOwn(metadata.labels, key) ? metadata.labels[key] : undefined;
};

/** Whether the cluster that an Application must be on, if any, has that Device. One that is unknown has none. */
export const isInCluster = ({ clusters }: Place, { cluster }: Demand, device: string): boolean =>
  cluster === undefined || clusters.get(cluster)?.has(device) === true;
