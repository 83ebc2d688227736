import { DEFAULT_SCOPE } from '../config/defaults.ts';

/** What `php-server` needs a Caddyfile's machinery for, and the options that go along. */
export interface PhpServerSite {
	readonly root: string;
	/** As `--listen` says; `undefined` = the default. */
	readonly listen?: string | undefined;
	readonly domain?: string | undefined;
	readonly accessLog: boolean;
	readonly debug: boolean;
	readonly compress: boolean;
	/** Patterns; none = nothing is watched. */
	readonly watch: readonly string[];
	readonly workers: readonly { readonly file: string; readonly num?: number }[];
	readonly backgroundWorkers: readonly { readonly name: string; readonly file: string; readonly num?: number }[];
	readonly sidekickEntrypoint?: string | undefined;
	readonly sidekickMax: number;
	/** Patterns; `undefined` = nothing is shared. */
	readonly sidekickShared?: readonly string[] | undefined;
	/** Addresses of the fleet's NATS servers. */
	readonly cluster?: readonly string[] | undefined;
	readonly threads: number;
	readonly workerThreads: number;
	readonly maxThreadMemory: number;
	readonly extensions: readonly string[];
	readonly phpIni: Readonly<Record<string, string>>;
	readonly network?: 'off' | readonly string[] | undefined;
	readonly networkListen?: readonly string[] | undefined;
	readonly processes: readonly string[];
	/** Further folders that PHP sees, as `--mount` says. */
	readonly visible: readonly string[];
}

/** The address that `--listen` defaults to without a domain. */
interface ListenPlace {
	readonly host: string;
	readonly port: number;
}

/**
 * The Caddyfile that says what the options of `php-server` say. Variables of the environment are PHP's business and not in
 * it.
 *
 * @param place where to listen; `undefined` = the ports of HTTP and HTTPS, which a domain needs
 */
export function phpServerCaddyfile(site: PhpServerSite, place: ListenPlace | undefined): string {
	const { domain, workers, watch } = site;
	const address = domain === undefined ? `http://:${place?.port}` : `https://${domain}${place ? `:${place.port}` : ''}`;
	const all = site.threads + workers.reduce((sum, { num = site.workerThreads }) => sum + num, 0);
	return [
		'{',
		'admin off',
		site.debug ? 'debug' : '',
		'frankenphp {',
		`num_threads ${all}`,
		`max_thread_memory ${site.maxThreadMemory}`,
		site.cluster === undefined ? '' : `cluster ${site.cluster.map(quoted).join(' ')}`,
		...site.extensions.map((name) => `extension ${quoted(name)}`),
		...Object.entries(site.phpIni).map(([key, value]) => `php_ini ${quoted(key)} ${quoted(value)}`),
		'}',
		'}',
		`${address} {`,
		place === undefined || place.host === '' ? '' : `bind ${place.host}`,
		site.accessLog ? 'log' : '',
		site.compress ? 'encode zstd br gzip' : '',
		'php_server {',
		`root ${quoted(site.root)}`,
		// By which it meets others, as without a site.
		site.cluster === undefined ? '' : `name ${DEFAULT_SCOPE}`,
		...workers.flatMap(({ file, num = site.workerThreads }, index) => [
			`worker ${quoted(file)} ${num} {`,
			// Of the first worker, as FrankenPHP does; all of the scope restart.
			...(index === 0 ? watch.map((pattern) => `watch ${quoted(pattern)}`) : []),
			'}',
		]),
		...site.backgroundWorkers.flatMap(({ name, file, num }, index) => [
			`worker ${quoted(file)} {`,
			`name ${quoted(name)}`,
			'background',
			num === undefined ? '' : `num ${num}`,
			...(workers.length === 0 && index === 0 ? watch.map((pattern) => `watch ${quoted(pattern)}`) : []),
			'}',
		]),
		...(site.sidekickEntrypoint === undefined
			? []
			: [
					'sidekick {',
					`entrypoint ${quoted(site.sidekickEntrypoint)}`,
					`max ${site.sidekickMax}`,
					...shared(site),
					'}',
				]),
		...network(site),
		site.visible.length > 0 ? `visible ${site.visible.map(quoted).join(' ')}` : '',
		site.processes.length > 0 ? `processes {\nallow ${site.processes.map(quoted).join(' ')}\n}` : '',
		'}',
		'}',
		'',
	].join('\n');
}

function shared({ sidekickShared = [] }: PhpServerSite): string[] {
	return sidekickShared.length > 0 ? [`shared ${sidekickShared.map(quoted).join(' ')}`] : [];
}

function network({ network: allow, networkListen = [] }: PhpServerSite): string[] {
	const listen = networkListen.length > 0 ? [`listen ${networkListen.map(quoted).join(' ')}`] : [];
	if (allow === 'off') return listen.length === 0 ? ['network off'] : ['network off {', ...listen, '}'];
	const connect = allow?.length ? [`allow ${allow.map(quoted).join(' ')}`] : [];
	return connect.length + listen.length > 0 ? ['network {', ...connect, ...listen, '}'] : [];
}

/** As one word, whatever it contains; but not a backtick together with a backslash before a quote, or at the end. */
function quoted(text: string): string {
	// In double quotes a backslash cannot stand before a quote, so not at the end either.
	return text.includes('`') ? `"${text.replaceAll('"', '\\"')}"` : `\`${text}\``;
}
