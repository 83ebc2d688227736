import { CaddyfileError } from '../caddyfile/errors.ts';
import type { Directive } from '../caddyfile/parser.ts';
import type { Position } from '../caddyfile/position.ts';
import { Arguments, onlyArgument, readBlock, texts } from '../caddyfile/reading.ts';
import { readDuration, readWholeNumber } from '../caddyfile/units.ts';
import { type ClusterOption, type ClusterTls, resolveCluster } from '../config/cluster.ts';

/** The fleet that a server belongs to. Paths are as written. */
export interface ClusterConfig extends ClusterOption {
	readonly servers: readonly string[];
	readonly position: Position;
}

type Draft = { -readonly [Key in keyof ClusterConfig]?: ClusterConfig[Key] };

/**
 * Reads Igor's `cluster nats://HOST[:PORT]… { … }`.
 *
 * @throws CaddyfileError
 */
export function readCluster(line: Directive): ClusterConfig {
	const config: Draft & { servers: string[]; position: Position } = {
		servers: texts(new Arguments(line).rest()),
		position: line.position,
	};
	const file = (each: Directive): string => onlyArgument(each, 'the path of a file').text;
	readBlock(line, {
		once: {
			name: (each) => {
				config.name = onlyArgument(each, 'a name').text;
			},
			credentials: (each) => {
				config.credentials = file(each);
			},
			user: (each) => {
				const args = new Arguments(each);
				config.user = args.take('a user and a password').text;
				config.password = args.take('a password').text;
				args.end();
			},
			token: (each) => {
				config.token = onlyArgument(each, 'a token').text;
			},
			tls: (each) => {
				config.tls = readTls(each);
			},
			replicas: (each) => {
				config.replicas = readWholeNumber(onlyArgument(each, 'a number of replicas'), 1);
			},
			lease: (each) => {
				config.lease = readDuration(onlyArgument(each, 'a duration'));
			},
		},
		often: {},
	});
	try {
		resolveCluster(config, (path) => path);
	} catch (error) {
		throw new CaddyfileError('bad_value', line.position, (error as Error).message.replace(/\.$/, ''));
	}
	return config;
}

function readTls(line: Directive): ClusterTls {
	new Arguments(line).end();
	const files: { -readonly [Key in keyof ClusterTls]: ClusterTls[Key] } = {};
	const once = (key: keyof ClusterTls) => (each: Directive) => {
		files[key] = onlyArgument(each, 'the path of a file').text;
	};
	if (line.block) readBlock(line, { once: { ca: once('ca'), cert: once('cert'), key: once('key') }, often: {} });
	return files;
}
