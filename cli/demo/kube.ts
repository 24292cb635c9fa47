/** What the demo does with the Kubernetes API, whoever does it. Every call prints what a user would type. */
export interface Kube {
  /** Which program does it, for the first line. */
  readonly name: string;
  apply(dir: string): Promise<string>;
  /** `what`: `device/lab1`; `until`: as after `kubectl wait --for=`. */
  wait(what: string, until: string): Promise<string>;
  /** A table; `types` separated by commas. */
  table(types: string): Promise<string>;
  /** One value of one object by a path such as `.status.uuid`. */
  value(what: string, path: string): Promise<string>;
  patch(what: string, patch: object): Promise<string>;
  remove(what: string): Promise<string>;
  raw(path: string): Promise<string>;
}

export interface KubeOptions {
  readonly kubeconfig: string;
  readonly namespace: string;
  readonly print: (line: string) => void;
}

export const waitSeconds = 120;
