import type { JsonMap } from '../../base/object.ts';

/** What is told apart from the Kubernetes version, which is fixed: the build of this server. */
export interface Build {
  readonly gitCommit?: string;
  /** RFC 3339, UTC. */
  readonly buildDate?: string;
  readonly platform?: string;
}

/** Minor version of the Kubernetes API whose behaviour is promised. */
export const minor = 36;

/** `GET /version`. Major and minor are bare integers, gitVersion is semver with a `v`: clients parse all three. */
export const toVersionInfo = (build: Build = {}): JsonMap => ({
  major: '1',
  minor: String(minor),
  emulationMajor: '1',
  emulationMinor: String(minor),
  minCompatibilityMajor: '1',
  minCompatibilityMinor: String(minor - 1),
  gitVersion: `v1.${minor}.0`,
  gitCommit: build.gitCommit ?? '',
  gitTreeState: 'clean',
  buildDate: build.buildDate ?? '1970-01-01T00:00:00Z',
  goVersion: '',
  compiler: '',
  platform: build.platform ?? '',
});
