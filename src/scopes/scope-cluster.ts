import type { ClusterConfig } from '../adapt/cluster-option.ts';
import { CaddyfileError } from '../caddyfile/errors.ts';
import { type ResolvedCluster, resolveCluster } from '../config/cluster.ts';
import type { OptionsHost } from '../config/options.ts';
import type { PhpDirective } from '../directives/list.ts';

/**
 * The fleet of a scope that shares something.
 *
 * @throws CaddyfileError when there is none, or the scope has no name by which it meets others
 */
export function clusterOf(
	{ name, position, sidekick }: PhpDirective,
	cluster: ClusterConfig | undefined,
	host: OptionsHost,
): ResolvedCluster {
	if (cluster === undefined) {
		throw new CaddyfileError('conflict', position, "'shared' needs a fleet, and the configuration names none", {
			hint: "write 'cluster nats://HOST:PORT' in the global frankenphp block",
		});
	}
	if (name === undefined) {
		const what = sidekick?.shared === undefined ? 'tasks' : 'sidekicks';
		throw new CaddyfileError('conflict', position, `a php_server that shares ${what} needs a 'name'`, {
			hint: "write 'name NAME'; servers of the fleet share what the php_server of this name has",
		});
	}
	const { position: _, ...options } = cluster;
	return resolveCluster(options, (path) => host.resolve(path));
}
