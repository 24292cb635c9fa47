const schemes = ['http:', 'https:', 'socks:', 'socks5:', 'ftp:'];

/** `scheme://host:port`; undefined when it is no proxy. */
export const parseProxy = (text: string): { scheme: string; host: string; port: number } | undefined => {
  const match = /^([a-z0-9]+):\/\/([^/:@\s]+|\[[0-9a-fA-F:.]+\])(?::(\d{1,5}))?\/?$/i.exec(text);
  const scheme = `${match?.[1]?.toLowerCase() ?? ''}:`;
  const host = match?.[2]?.replace(/^\[|\]$/g, '');
  if (!host || !schemes.includes(scheme)) return undefined;
  const number =
    match?.[3] === undefined
      ? scheme === 'https:'
        ? 443
        : scheme === 'ftp:'
          ? 21
          : scheme === 'http:'
            ? 80
            : 1080
      : Number(match[3]);
  return number >= 1 && number <= 65535 ? { scheme: scheme.slice(0, -1), host, port: number } : undefined;
};
