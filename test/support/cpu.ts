/** Milliseconds of processor time that this process spent since: unlike the time that passes, no other process lengthens them. */
export const watchCpu = (): (() => number) => {
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
};
