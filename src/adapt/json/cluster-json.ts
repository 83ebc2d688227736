import type { Directive } from '../../caddyfile/parser.ts';
import type { ClusterConfig } from '../cluster-option.ts';
import { compact, type JsonData } from './json-forms.ts';
import { BlockLines, lineOf, nanoseconds } from './json-lines.ts';
import type { JsonNode } from './json-node.ts';

/** Igor's fleet. What a user proves itself with is left out: a configuration is shown to many. */
export function writeCluster({ servers, name, credentials, tls, replicas, lease }: ClusterConfig): JsonData {
	return compact({
		servers,
		name,
		credentials,
		tls: tls && compact({ ...tls }),
		replicas,
		lease: lease && nanoseconds(lease),
	});
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
