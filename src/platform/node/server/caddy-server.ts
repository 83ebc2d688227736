import { resolve } from 'node:path';
import type { AdaptedConfig } from '../../../adapt/adapted-config.ts';
import type { ConfigFormat } from '../../../adapt/config-format.ts';
import { writeCaddyJson } from '../../../adapt/json/caddy-json.ts';
import type { AdminTarget } from '../../../admin/admin-target.ts';
import { MetricsReader } from '../../../admin/metrics-for-sites.ts';
import { patienceUntil, type RunningScope } from '../../../application/scope.ts';
import { boardFor, type ServerBoard } from '../../../application/server-board.ts';
import type { Warning } from '../../../caddyfile/imports.ts';
import { type Logger, withFields } from '../../../log/logger.ts';
import { SwitchingLogger } from '../../../log/switching-logger.ts';
import type { AdminEndpoint } from '../../../scopes/admin-address.ts';
import {
	changeScopes,
	closeScopes,
	drainScopes,
	type PlannedScope,
	restartScope,
} from '../../../scopes/scope-changes.ts';
import type { PlanDefaults } from '../../../scopes/scope-plan.ts';
import { warnOfIdleWorkers } from '../../../site/php/site-scope.ts';
import { ThreadBudget } from '../../../threads/thread-budget.ts';
import { within } from '../../../time/within.ts';
import { type ListenerOptions, openListeners, type SiteListeners } from '../listeners/site-listeners.ts';
import { type AdminServer, openAdminServer } from '../operations/admin-server.ts';
import { type FileWatch, watchFiles } from '../operations/file-watching.ts';
import { type OpenSites, openSites } from '../sites/open-sites.ts';
import { startNodeScope } from './node-scope.ts';
import { SentConfig } from './sent-config.ts';
import { readServerConfig, type ServerConfig } from './server-config.ts';

/** What the command line says beside the configuration. */
export interface CaddyServerOptions extends PlanDefaults {
	/** Environment variables that `{$NAME}` may name. */
	readonly variables: Readonly<Record<string, string | undefined>>;
	/** Of the configuration's file; default: a Caddyfile. */
	readonly format?: ConfigFormat;
	/** Where the internal certificate authority keeps its key. */
	readonly dataFolder: string;
	/** The current directory: relative paths of a Caddyfile belong to it, as in Caddy. */
	readonly folder: string;
	/** Opens the log of a configuration. @throws LogFileError */
	readonly openLog: (global: AdaptedConfig['global']) => OpenLog;
	/** Called when a scope cannot go on, such as a worker that fails at every start. */
	readonly onFatal: (error: Error) => void;
	/** Called when the admin API asks for a stop. */
	readonly onStop: () => void;
	/** Called with each configuration that runs, as Caddy's JSON with all its secrets, unless it says not to keep it. */
	readonly onLoaded?: (config: unknown, log: Logger) => void;
}

/** A log, and what its files need in the end. */
interface OpenLog {
	readonly log: Logger;
	close(): Promise<void>;
}

/** Everything that belongs to one configuration. */
interface Generation {
	readonly openLog: OpenLog;
	readonly config: ServerConfig;
	readonly scopes: readonly PlannedScope[];
	readonly sites: OpenSites;
	readonly watches: readonly FileWatch[];
}

/** A server as a Caddyfile describes it: its scopes, its sites, its admin API; on Node. Main thread only. */
export class CaddyServer implements AdminTarget {
	readonly #options: CaddyServerOptions;
	readonly #log: SwitchingLogger;
	/** For the directive `metrics`; the admin API has its own. */
	readonly #metrics = new MetricsReader(() => this.scopes());
	#current!: Generation;
	#listeners!: SiteListeners;
	#admin: AdminServer | undefined;
	#budget = new ThreadBudget(0);
	/** What scopes with global background workers share. */
	#board: ServerBoard | undefined;
	/** Loads and restarts go one after another. */
	#turn: Promise<unknown> = Promise.resolve();
	/** What former configurations still have to finish. */
	readonly #leaving = new Set<Promise<unknown>>();
	#closing: Promise<void> | undefined;

	private constructor(options: CaddyServerOptions, log: SwitchingLogger) {
		this.#options = options;
		this.#log = log;
	}

	/**
	 * Starts everything; resolves when every socket listens and every worker is ready.
	 *
	 * @throws ListenError, CaddyfileError, and what PHP's start throws; then nothing runs any more
	 */
	static async start(config: ServerConfig, options: CaddyServerOptions): Promise<CaddyServer> {
		const openLog = options.openLog(config.adapted.global);
		const server = new CaddyServer(options, new SwitchingLogger(openLog.log));
		try {
			await server.#begin(config, openLog);
		} catch (error) {
			await openLog.close();
			throw error;
		}
		return server;
	}

	/** Where this server logs, whatever the configuration is. */
	get log(): Logger {
		return this.#log;
	}

	/** Such as `https://localhost`; the ports that were really taken. */
	get urls(): readonly string[] {
		return this.#listeners.urls;
	}

	scopes(): readonly RunningScope[] {
		return this.#current.scopes.map(({ scope }) => scope);
	}

	config(): unknown {
		return writeCaddyJson(this.#current.config.adapted);
	}

	warnings(): readonly Warning[] {
		return this.#current.config.adapted.warnings;
	}

	/** Loads the configuration's file again; errors say all that there is to say. */
	reload(text: string, file: string): Promise<void> {
		return this.#next(async () => this.#change(readServerConfig(text, file, this.#options)));
	}

	load(text: string, file: string | undefined, format: ConfigFormat): Promise<void> {
		return this.#next(async () => {
			const sent = new SentConfig(text, file ?? this.#current.config.file, this.#log);
			const shown = file === undefined && format === 'json' ? { shownAs: 'JSON' } : {};
			try {
				await this.#change(sent.read({ ...this.#options, format, ...shown }));
			} catch (error) {
				throw sent.shown(error);
			}
		});
	}

	stop(): void {
		this.#options.onStop();
	}

	reservedThreads(): number {
		return this.#budget.left;
	}

	/** How long close() may take, milliseconds: a load that has its turn, requests, sidekicks. */
	get stopLimit(): number {
		const { config } = this.#current;
		const timeouts = config.plan.scopes.map(({ options }) => options.stopTimeout);
		return 2 * gracePeriod(config) + 2 * Math.max(0, ...timeouts);
	}

	/** Takes no more connections, finishes the running requests, stops sidekicks and threads. */
	close(): Promise<void> {
		this.#closing ??= this.#close();
		return this.#closing;
	}

	async #begin(config: ServerConfig, openLog: OpenLog): Promise<void> {
		this.#warn(config);
		this.#budget = new ThreadBudget(config.plan.reserve);
		this.#board = boardFor(config.plan, undefined);
		const { scopes } = await changeScopes([], config.plan, this.#budget, this.#startScope, this.#board);
		const undo: (() => Promise<unknown>)[] = [() => closeScopes(scopes)];
		try {
			const sites = this.#openSites(config, scopes);
			undo.unshift(() => sites.drain(0));
			this.#current = { openLog, config, scopes, sites, watches: [] };
			this.#admin = config.admin && (await openAdminServer(this, config.admin, this.#log));
			undo.unshift(async () => this.#admin?.close());
			this.#listeners = await openListeners(sites.served, this.#listenerOptions(config), this.#log);
			undo.unshift(() => this.#listeners.close(0));
			this.#current = { openLog, config, scopes, sites, watches: await this.#watch(scopes) };
		} catch (error) {
			for (const step of undo) await step();
			throw error;
		}
		for (const scope of scopes) this.#follow(scope);
		this.#tellLoaded();
	}

	#tellLoaded(): void {
		if (this.#current.config.adapted.global.persistConfig !== false) this.#options.onLoaded?.(this.config(), this.#log);
	}

	/** From one configuration to the next. What fails before the sockets change their sites changes nothing. */
	async #change(config: ServerConfig): Promise<void> {
		const former = this.#current;
		const budget =
			config.plan.reserve === former.config.plan.reserve ? this.#budget : new ThreadBudget(config.plan.reserve);
		const board = boardFor(config.plan, this.#board);
		const formerGlobal = board?.global;
		const change = await changeScopes(former.scopes, config.plan, budget, this.#startScope, board);
		const undo: (() => Promise<unknown>)[] = [() => closeScopes(change.started)];
		try {
			const openLog = this.#options.openLog(config.adapted.global);
			undo.unshift(() => openLog.close());
			for (const scope of change.kept) await restartScope(scope);
			const sites = this.#openSites(config, change.scopes);
			undo.unshift(() => sites.drain(0));
			const admin = await this.#changeAdmin(former.config.admin, config.admin);
			if (admin !== this.#admin) undo.unshift(async () => admin?.close());
			const watches = await this.#watch(change.scopes);
			undo.unshift(() => closeAll(watches));
			await this.#listeners.update(sites.served, this.#listenerOptions(config));
			if (admin !== this.#admin) this.#leave(this.#admin?.close());
			this.#admin = admin;
			this.#budget = budget;
			this.#board = board;
			this.#current = { openLog, config, scopes: change.scopes, sites, watches };
			this.#log.exchange(openLog.log);
		} catch (error) {
			if (board !== undefined) board.global = formerGlobal;
			for (const step of undo) await step();
			throw error;
		}
		this.#warn(config);
		for (const scope of change.started) this.#follow(scope);
		this.#tellLoaded();
		this.#leave(former.openLog.close());
		this.#leave(closeAll(former.watches));
		this.#leave(this.#drain(former, change.dropped));
	}

	readonly #startScope: Parameters<typeof changeScopes>[3] = ({ options }, budget, board) =>
		startNodeScope(options, withFields(this.#log, { scope: options.name }), budget, undefined, board);

	#openSites(config: ServerConfig, scopes: readonly PlannedScope[]): OpenSites {
		const { folder } = this.#options;
		const metrics = () => this.#metrics.read();
		return openSites(config.adapted, scopes, { folder, hiddenFiles: [config.file], log: this.#log, metrics });
	}

	#listenerOptions({ adapted: { global } }: ServerConfig): ListenerOptions {
		const { storage, ...rest } = global;
		const { folder } = this.#options;
		const dataFolder = storage === undefined ? this.#options.dataFolder : resolve(folder, storage);
		return { ...rest, folder, dataFolder };
	}

	/** The admin server of the next configuration: the same one when its endpoint stays. */
	async #changeAdmin(
		former: AdminEndpoint | undefined,
		next: AdminEndpoint | undefined,
	): Promise<AdminServer | undefined> {
		if (JSON.stringify(former) === JSON.stringify(next)) return this.#admin;
		return next && openAdminServer(this, next, this.#log);
	}

	/** Watches the files of each scope that asks for it. */
	async #watch(scopes: readonly PlannedScope[]): Promise<FileWatch[]> {
		const watched = scopes.filter(({ plan }) => plan.watch.length > 0);
		return Promise.all(
			watched.map((scope) =>
				watchFiles(scope.plan.watch, this.#options.folder, (paths) => this.#changed(scope, paths), this.#log),
			),
		);
	}

	#changed(planned: PlannedScope, paths: readonly string[]): Promise<void> {
		const { name } = planned.scope;
		this.#log.info(`Files changed: the workers of ${name} restart`, { scope: name, files: paths.slice(0, 10) });
		return this.#next(() => restartScope(planned)).catch((error: unknown) => {
			this.#log.error(`The workers of ${name} go on with their former code: ${messageOf(error)}`, { scope: name });
		});
	}

	#follow({ scope }: PlannedScope): void {
		scope.onFatal((error) => {
			this.#log.error(error.message, { scope: scope.name });
			this.#options.onFatal(error);
		});
	}

	#next<T>(task: () => Promise<T>): Promise<T> {
		const result = this.#turn.then(() => {
			if (this.#closing) throw new Error('The server is stopping.');
			return task();
		});
		this.#turn = result.catch(() => {});
		return result;
	}

	#leave(task: Promise<unknown> | undefined): void {
		if (task === undefined) return;
		const settled = task
			.catch((error: unknown) =>
				this.#log.warn(`Something of the former configuration did not end: ${messageOf(error)}`),
			)
			.finally(() => this.#leaving.delete(settled));
		this.#leaving.add(settled);
	}

	async #drain(former: Generation, dropped: readonly PlannedScope[]): Promise<void> {
		const grace = gracePeriod(former.config);
		const end = performance.now() + grace;
		await drainScopes(dropped, grace, former.sites.drain(grace));
		await closeScopes(dropped, patienceUntil(end));
	}

	async #close(): Promise<void> {
		const grace = gracePeriod(this.#current.config);
		// What has its turn now ends first: it may still start threads. But code that does not get ready keeps nobody.
		await within(grace, this.#turn);
		const { openLog, sites, scopes, watches } = this.#current;
		const end = performance.now() + grace;
		const drained = [this.#admin?.close(), closeAll(watches), this.#listeners.close(grace), sites.drain(grace)];
		await drainScopes(scopes, grace, Promise.all(drained));
		await Promise.all([closeScopes(scopes, patienceUntil(end)), ...this.#leaving]);
		await openLog.close();
	}

	#warn({ adapted, plan }: ServerConfig): void {
		for (const scope of plan.scopes) warnOfIdleWorkers(scope, this.#log);
		for (const { position, message } of adapted.warnings) this.#log.warn(`${position}: ${message}`);
	}
}

function gracePeriod({ plan, adapted }: ServerConfig): number {
	return adapted.global.gracePeriod ?? plan.scopes[0]?.options.stopTimeout ?? 0;
}

async function closeAll(watches: readonly FileWatch[]): Promise<void> {
	await Promise.all(watches.map((watch) => watch.close()));
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
