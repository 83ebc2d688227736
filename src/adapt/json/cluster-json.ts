import type { Directive } from '../../caddyfile/parser.ts';
import type { AdaptedConfig } from '../adapted-config.ts';
import type { ClusterConfig } from '../cluster-option.ts';
import { compact, type JsonData } from './json-forms.ts';
import { BlockLines, lineOf, nanoseconds } from './json-lines.ts';
import type { JsonNode } from './json-node.ts';

/** Igor's fleet. */
export function writeCluster(cluster: ClusterConfig): JsonData {
	const { servers, name, credentials, user, password, token, tls, replicas, lease } = cluster;
	return compact({
		servers,
		name,
		credentials,
		user,
		password,
		token,
		tls: tls && compact({ ...tls }),
		replicas,
		lease: lease && nanoseconds(lease),
	});
}

/** A configuration without what the server proves itself to its fleet's engine with: `igor adapt` is shown to many. */
export function withoutClusterSecrets(config: AdaptedConfig): AdaptedConfig {
	const { global } = config;
	if (global.frankenphp.cluster === undefined) return config;
	const { user, password, token, ...cluster } = global.frankenphp.cluster;
	return { ...config, global: { ...global, frankenphp: { ...global.frankenphp, cluster } } };
}

/** @throws CaddyfileError */
export function readClusterLine(node: JsonNode): Directive {
	const cluster = node.object();
	const lines = new BlockLines(cluster).value('name').value('credentials').value('token');
	const user = cluster.get('user');
	const password = cluster.get('password');
	if (user) lines.add(lineOf(user.position, 'user', password ? [user, password] : [user]));
	const tls = cluster.get('tls')?.object();
	if (tls) {
		const files = new BlockLines(tls).value('ca').value('cert').value('key').lines;
		tls.end();
		lines.add(lineOf(tls.node.position, 'tls', [], files));
	}
	lines.number('replicas').duration('lease');
	const servers = cluster.need('servers').list();
	cluster.end();
	return lineOf(node.position, 'cluster', servers, lines.lines);
}
