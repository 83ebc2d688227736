import type { NetworkRules } from '../../config/network-rules.ts';
import type { PhpConfig } from '../../directives/php.ts';
import type { BackgroundWorkerConfig } from '../../directives/php-server/background-worker.ts';
import type { SidekickConfig } from '../../directives/php-server/sidekick-block.ts';
import type { WorkerConfig } from '../../directives/php-server/worker.ts';
import { compact, type JsonData, mapUnlessEmpty, type ReadHandler, unlessEmpty } from './json-forms.ts';
import { BlockLines, lineOf, nanoseconds } from './json-lines.ts';
import type { JsonNode, JsonObject } from './json-node.ts';

/** FrankenPHP's handler `php`, with Igor's own fields. @param index by which FrankenPHP knows the `php_server` */
export function writePhp(php: PhpConfig, index: number): JsonData {
	const { network, processes, visible, sidekick, requestBodyTimeout } = php;
	return compact({
		handler: 'php',
		root: php.root,
		split_path: php.splitPath,
		resolve_root_symlink: php.resolveRootSymlink,
		env: mapUnlessEmpty({ ...php.env, ...php.requestEnv }),
		env_all: php.allEnv,
		workers: writeWorkers(php),
		server_index: index,
		request_body_timeout: requestBodyTimeout === undefined ? undefined : nanoseconds(requestBodyTimeout),
		name: php.name,
		sidekick: sidekick && writeSidekick(sidekick),
		network: network && writeNetwork(network),
		processes: processes && { allow: processes },
		visible: unlessEmpty(visible?.map(visibleText)),
	});
}

/** All workers, those that answer requests first. */
export function writeWorkers({
	workers,
	backgroundWorkers = [],
}: Pick<PhpConfig, 'workers' | 'backgroundWorkers'>): readonly JsonData[] | undefined {
	return unlessEmpty([...workers.map(writeWorker), ...backgroundWorkers.map(writeBackgroundWorker)]);
}

function writeBackgroundWorker(worker: BackgroundWorkerConfig): JsonData {
	return compact({
		name: worker.name,
		file_name: worker.file,
		background: true,
		shared: worker.shared,
		num: worker.num,
		max_threads: worker.maxNames,
		env: mapUnlessEmpty(worker.env),
		watch: unlessEmpty(worker.watch),
		max_consecutive_failures: worker.maxConsecutiveFailures,
	});
}

/** FrankenPHP's worker. */
function writeWorker(worker: WorkerConfig): JsonData {
	return compact({
		name: worker.name,
		file_name: worker.file,
		num: worker.num || undefined,
		max_threads: worker.maxThreads,
		env: mapUnlessEmpty(worker.env),
		watch: unlessEmpty(worker.watch),
		match_path: unlessEmpty(worker.match),
		max_consecutive_failures: worker.maxConsecutiveFailures,
	});
}

function writeSidekick(sidekick: SidekickConfig): JsonData {
	return compact({
		entrypoint: sidekick.entrypoint,
		max: sidekick.max,
		allow: unlessEmpty(sidekick.allow),
		env: mapUnlessEmpty(sidekick.env),
		max_consecutive_failures: sidekick.maxConsecutiveFailures,
		stop_timeout: sidekick.stopTimeout === undefined ? undefined : nanoseconds(sidekick.stopTimeout),
		max_snapshot_size: sidekick.maxSnapshotSize,
		eager: unlessEmpty(sidekick.eager),
		shared: unlessEmpty(sidekick.shared),
	});
}

/** `allow: []` = nowhere. */
function writeNetwork({ connect, listen }: NetworkRules): JsonData {
	return compact({ allow: connect?.map(ruleText), listen: unlessEmpty(listen.map(ruleText)) });
}

function ruleText(rule: NetworkRules['listen'][number]): string {
	if ('unix' in rule) return `unix:${rule.unix}`;
	const host = rule.host?.includes(':') ? `[${rule.host}]` : rule.host;
	return `${host ?? '*'}:${rule.port ?? '*'}`;
}

function visibleText(folder: NonNullable<PhpConfig['visible']>[number]): string {
	if (typeof folder === 'string') return folder;
	const { host, php, readOnly } = folder;
	return [host, ...(php === undefined ? [] : [php]), ...(readOnly ? ['ro'] : [])].join(':');
}

/** FrankenPHP's `php`. */
export const readPhpHandler: ReadHandler = (handler) => [
	lineOf(handler.node.position, 'php', [], readPhpLines(handler)),
];

/** The lines that `php` and `php_server` have in common. @throws CaddyfileError */
export function readPhpLines(handler: JsonObject): BlockLines['lines'] {
	const root = handler.get('root');
	const lines = new BlockLines(handler)
		.list('split_path')
		.weak('resolve_root_symlink')
		.map('env')
		.value('name')
		.duration('request_body_timeout')
		.list('visible');
	// FrankenPHP's own way to say that it is the site's.
	if (root && root.value !== '{http.vars.root}') lines.add(lineOf(root.position, 'root', [root]));
	const allEnv = handler.get('env_all');
	if (allEnv?.flag()) lines.add(lineOf(allEnv.position, 'env', ['*']));
	for (const node of handler.get('workers')?.list() ?? []) lines.add(readWorkerLine(node));
	const sidekick = handler.get('sidekick');
	if (sidekick) lines.add(lineOf(sidekick.position, 'sidekick', [], readSidekickLines(sidekick)));
	const network = handler.get('network');
	if (network) lines.add(readNetworkLine(network));
	const processes = handler.get('processes')?.object();
	if (processes) {
		lines.add(lineOf(processes.node.position, 'processes', [], new BlockLines(processes).list('allow').lines));
		processes.end();
	}
	handler.ignore('server_index');
	handler.end(['hot_reload', 'mercure', 'mercure_hub']);
	return lines.lines;
}

/** FrankenPHP's worker as a line. @throws CaddyfileError */
export function readWorkerLine(node: JsonNode): BlockLines['lines'][number] {
	const worker = node.object();
	const { lines } = new BlockLines(worker)
		.flag('background')
		.flag('shared')
		.value('name')
		.value('file_name', 'file')
		.number('num')
		.number('max_threads')
		.map('env')
		.list('watch')
		.list('match_path', 'match')
		.amount('max_consecutive_failures');
	worker.end(['mercure', 'mercure_hub']);
	return lineOf(node.position, 'worker', [], lines);
}

function readSidekickLines(node: JsonNode): BlockLines['lines'] {
	const sidekick = node.object();
	const { lines } = new BlockLines(sidekick)
		.value('entrypoint')
		.number('max')
		.list('allow')
		.map('env')
		.amount('max_consecutive_failures')
		.duration('stop_timeout')
		.weak('max_snapshot_size')
		.list('eager')
		.list('shared');
	sidekick.end();
	return lines;
}

function readNetworkLine(node: JsonNode): BlockLines['lines'][number] {
	const network = node.object();
	const isOff = network.get('allow')?.list().length === 0;
	const { lines } = new BlockLines(network).list('allow').list('listen');
	network.end();
	return lineOf(node.position, 'network', isOff ? ['off'] : [], lines);
}
