import { fromUtf8, toBase64 } from '../base/bytes.ts';
import { type ProxyConfig, proxyProto } from '../eve/generated/common.ts';
import type { NetworkConfigSpec } from '../resources/eve/networkconfig.ts';
import { parseProxy } from '../resources/eve/proxy.ts';
import { toPems } from './pem.ts';

const protocols: Record<string, number> = {
  http: proxyProto.PROXY_HTTP,
  https: proxyProto.PROXY_HTTPS,
  socks: proxyProto.PROXY_SOCKS,
  socks5: proxyProto.PROXY_SOCKS,
  ftp: proxyProto.PROXY_FTP,
};

/** The proxies of a network; undefined when it has none. */
export const toProxy = (config: NetworkConfigSpec): ProxyConfig | undefined => {
  const { proxies, proxyExceptions, proxyAutoConfig: auto, proxyCertificates } = config;
  if (!proxies && !proxyExceptions && !auto && !proxyCertificates) return undefined;
  return {
    networkProxyEnable: auto?.discover,
    proxies: (proxies ?? []).flatMap(text => {
      const proxy = parseProxy(text);
      return proxy ? [{ proto: protocols[proxy.scheme], server: proxy.host, port: proxy.port }] : [];
    }),
    exceptions: proxyExceptions?.join(','),
    pacfile: auto?.file === undefined ? undefined : toBase64(fromUtf8(auto.file)),
    networkProxyURL: auto?.url,
    proxyCertPEM: toPems(proxyCertificates),
  };
};
