type Command = (args: readonly string[]) => Promise<void> | void;

/** Each is loaded when it is wanted: all of them together take seconds. */
export const commands: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('../functions/node/serve.ts')).serve,
  onboard: async () => (await import('./onboard.ts')).onboard,
  device: async () => (await import('./simulate.ts')).simulate,
  kubeconfig: async () => (await import('./kubeconfig.ts')).kubeconfig,
  model: async () => (await import('./model.ts')).model,
  backup: async () => (await import('./backup.ts')).backup,
  restore: async () => (await import('./restore.ts')).restore,
  certs: async () => (await import('./certs.ts')).certs,
};
