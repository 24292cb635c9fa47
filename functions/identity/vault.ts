/** Where an installation keeps who it is: texts (PEM above all) by the names of files, such as `root.pem`, `root.key.pem`. */
export interface Vault {
  read(name: string): string | undefined;
  /** Kept, wholly or not at all, when this returns. */
  write(name: string, text: string): void;
  /** Gone when this returns; nothing happens when it was not there. */
  remove(name: string): void;
  /** All names, in order. */
  names(): readonly string[];
}

/** The same, but nothing may be added: who lacks something there is told to make it where it is made. */
export const sealed = (vault: Vault): Vault => ({
  ...vault,
  write(name) {
    throw new Error(`the identity has no good ${name}, and is not made here: deploy again, which mends it`);
  },
  remove(name) {
    throw new Error(`${name} of the identity is not removed here: deploy again`);
  },
});
