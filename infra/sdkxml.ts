import type { Plugin } from 'esbuild';

/**
 * For bundles that run in workerd. The AWS SDK reads XML with a browser's DOMParser where it is built for browsers, and workerd
 * is built for as one but has none; the SDK's own parser, which it takes along for Node, needs nothing.
 */
export const sdkXml: Plugin = {
  name: 'sdk-xml',
  setup(build) {
    build.onResolve({ filter: /\/xml-parser$/ }, ({ resolveDir }) => ({ path: `${resolveDir}/xml-parser.js` }));
    build.onLoad({ filter: /xml-parser\.browser\.js$/ }, ({ path }) => {
      throw new Error(`${path} must not be in a bundle for workerd: see infra/sdkxml.ts`);
    });
  },
};
