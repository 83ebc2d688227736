import { DEFAULTS } from '../config/defaults.ts';
import type { SidekickControl } from './control.ts';
import { CounterBook, type SidekickCounters } from './counters.ts';
import {
	type Asking,
	type CatchAllWorker,
	type DeclaredWorker,
	Definitions,
	isBackground,
	type SidekickDefinition,
} from './definition.ts';
import * as messages from './error-texts.ts';
import { Objections } from './objections.ts';
import type { SidekickOwner, SidekickPorts } from './ports.ts';
import type { SidekickPolicy } from './restart-policy.ts';
import { Sidekick } from './sidekick.ts';
import type { SidekickError } from './sidekick-error.ts';
import { decodeSnapshot, type SidekickSnapshot } from './snapshot-format.ts';
import { StartGate } from './start-gate.ts';
import type { SidekickInfo } from './status.ts';
import { WaitGraph } from './wait-graph.ts';

/** Milliseconds that `stopAll()` waits for threads to report their termination, beyond the stop timeout. */
export const STOP_GRACE = 500;

/** The options of a scope's sidekicks. */
export type SidekickOptions = {
	/** The script that is run once per name; undefined = none is configured. */
	entrypoint: { path: string } | undefined;
	/** Most sidekicks at a time. Default: DEFAULTS, as for what follows. */
	max?: number;
	/** Names that may be started, `*` = any characters; none = every name. */
	allow?: readonly string[];
	/** Boot failures in a row before a sidekick is given up; -1 = never. */
	maxConsecutiveFailures?: number;
	/** Milliseconds between the stop flag and the termination of a thread. */
	stopTimeout?: number;
	/** Environment variables of sidekicks. */
	env?: Readonly<Record<string, string>>;
	/** Background workers that the configuration starts. */
	workers?: readonly DeclaredWorker[];
	/** The one for names that nobody declared. */
	catchAll?: CatchAllWorker | undefined;
	/** Names that are known although they do not run here, to tell the nearest. */
	elsewhere?: () => readonly string[];
};

/** The handles in the order of the names asked for, or why nothing was started. */
export type EnsureResult = { ok: true; handles: number[] } | { ok: false; error: SidekickError };

/** The sidekicks and background workers of one scope. Lives on the main thread; never blocks, never throws for what PHP asks. */
export class SidekickRegistry implements SidekickControl {
	readonly #ports: SidekickPorts;
	readonly #definitions: Definitions;
	readonly #objections: Objections;
	readonly #policy: SidekickPolicy;
	readonly #gate = new StartGate();
	readonly #sidekicks = new Map<string, Sidekick>();
	readonly #waits = new WaitGraph();
	readonly #counters = new CounterBook();
	#stopped: Promise<void> | undefined;

	constructor(options: SidekickOptions, ports: SidekickPorts) {
		this.#ports = ports;
		const { entrypoint, maxConsecutiveFailures = DEFAULTS.maxConsecutiveFailures } = options;
		const sidekick = entrypoint && { file: entrypoint.path, env: options.env ?? {}, maxConsecutiveFailures };
		this.#definitions = new Definitions(options.workers ?? [], sidekick, options.catchAll);
		this.#objections = new Objections(options, this.#definitions, ports);
		this.#policy = { stopTimeout: options.stopTimeout ?? DEFAULTS.stopTimeout };
	}

	/**
	 * Starts the background workers of the configuration. Resolves when each of their threads has been ready; rejects
	 * when one could not be started: then they go on, until `stopAll()`.
	 */
	startDeclared(): Promise<void> {
		const { declared } = this.#definitions;
		const error = this.#add(declared, 'vars');
		if (error !== undefined) return Promise.reject(error);
		const ready = this.#gate.open(declared);
		for (const name of declared) this.#sidekicks.get(name)?.start();
		return ready;
	}

	/** The background workers of the configuration. */
	get declared(): readonly string[] {
		return this.#definitions.declared;
	}

	/** Whether somebody may ask here for a name that another registry does not have: it is a worker of this one. */
	serves(name: string, asking: Asking): boolean {
		const running = this.#sidekicks.get(name)?.definition;
		if (running !== undefined) return isBackground(running);
		const definition = this.#definitions.of(name, asking);
		return definition !== undefined && isBackground(definition);
	}

	/**
	 * Starts what is not started yet: all of it, or nothing and an error.
	 * @param waiter the sidekick whose thread asks, and waits until `waitEnded()`; undefined = not a sidekick
	 * @param seat which of its threads
	 */
	ensure(names: readonly string[], waiter: string | undefined, asking: Asking = 'sidekick', seat = 0): EnsureResult {
		if (this.#stopped !== undefined) return { ok: false, error: messages.shuttingDown(names) };
		const distinct = [...new Set(names)];
		const absent = distinct.filter((name) => !this.#sidekicks.has(name));
		const stopping = distinct.filter((name) => this.#sidekicks.get(name)?.isStopping);
		const cycle = waiter === undefined ? undefined : this.#waits.cycle(waiter, distinct, this.#blocks);
		const error =
			this.#objections.of({ absent, stopping }, asking, this.#sidekicks) ??
			(cycle && messages.waitCycle(cycle)) ??
			this.#add(absent, asking);
		if (error !== undefined) return { ok: false, error };
		for (const name of stopping) this.#sidekicks.get(name)?.revive();
		const handles = names.map((name) => (this.#sidekicks.get(name) as Sidekick).handle);
		if (waiter !== undefined) this.#waits.add(waiter, distinct.filter(this.#blocks), seat);
		// Last: a thread factory that reports at once must find the registry in order.
		for (const name of absent) this.#sidekicks.get(name)?.start();
		return { ok: true, handles };
	}

	/** The thread of the sidekick `waiter` no longer waits for `names`: they are ready, or it gave up. */
	waitEnded(waiter: string | undefined, names: readonly string[], seat = 0): void {
		if (waiter !== undefined) this.#waits.remove(waiter, names, seat);
	}

	list(): SidekickInfo[] {
		return [...this.#sidekicks.values()].map((sidekick) => sidekick.info);
	}

	get(name: string): SidekickInfo | undefined {
		return this.#sidekicks.get(name)?.info;
	}

	snapshot(name: string): SidekickSnapshot | undefined {
		const snapshot = this.#sidekicks.get(name)?.snapshot;
		return snapshot && { version: snapshot.version, entries: decodeSnapshot(snapshot.bytes) };
	}

	counters(): SidekickCounters[] {
		// The publications of an existing sidekick are counted in its cell until it ends.
		return [...this.#counters.all].map((counters) => ({
			...counters,
			publications: this.#sidekicks.get(counters.name)?.info.publications ?? counters.publications,
		}));
	}

	restart(name: string): boolean {
		return this.#sidekicks.get(name)?.restart() ?? false;
	}

	restartAll(): void {
		for (const sidekick of [...this.#sidekicks.values()]) sidekick.restart();
	}

	stop(name: string): Promise<boolean> {
		return new Promise((resolve) => {
			const sidekick = this.#sidekicks.get(name);
			if (sidekick === undefined) resolve(false);
			else sidekick.stop('stop', () => resolve(true));
		});
	}

	/**
	 * Ends all, for good: nothing starts after this call. Resolves when every run has ended, `STOP_GRACE` milliseconds after
	 * the last of them was to end; later calls return the same promise.
	 *
	 * @param most milliseconds that they get to end, if that is less than the stop timeout
	 */
	stopAll(most = Infinity): Promise<void> {
		if (this.#stopped !== undefined) return this.#stopped;
		const { promise, resolve } = Promise.withResolvers<void>();
		this.#stopped = promise;
		const running = [...this.#sidekicks.values()];
		let left = running.length;
		if (left === 0) {
			resolve();
			return promise;
		}
		const patience = Math.min(most, this.#policy.stopTimeout);
		const cancel = this.#ports.clock.after(patience + STOP_GRACE, () => {
			for (const sidekick of [...this.#sidekicks.values()]) sidekick.abandon();
		});
		const ended = () => {
			if (--left > 0) return;
			cancel();
			resolve();
		};
		for (const sidekick of running) sidekick.stop('shutdown', ended, patience);
		return promise;
	}

	/** Gives each name a cell and an unstarted sidekick, or none of them. */
	#add(names: readonly string[], asking: Asking): SidekickError | undefined {
		const handles: number[] = [];
		for (const name of names) {
			const definition = this.#definitions.of(name, asking) as SidekickDefinition;
			const handle = this.#ports.cells.reserve(name, isBackground(definition), definition.num);
			if (handle === undefined) {
				const error = messages.noFreeCell(name);
				for (const reserved of handles) this.#ports.cells.fail(reserved, error.message);
				return error;
			}
			handles.push(handle);
		}
		names.forEach((name, index) => {
			const handle = handles[index] as number;
			const definition = this.#definitions.of(name, asking) as SidekickDefinition;
			const sidekick = new Sidekick(
				this.#counters.of(name),
				definition,
				handle,
				this.#ports,
				this.#policy,
				this.#owner,
			);
			this.#sidekicks.set(name, sidekick);
		});
		return undefined;
	}

	readonly #blocks = (name: string): boolean => this.#sidekicks.get(name)?.hasBeenReady !== true;

	readonly #owner: SidekickOwner = {
		runEnded: (name, seat) => this.#waits.dropWaiter(name, seat),
		ready: (name) => {
			if (this.#sidekicks.get(name)?.isComplete) this.#gate.passed(name);
		},
		cannotBoot: (name, reason) => this.#gate.fail(name, reason),
		gone: (name) => {
			this.#sidekicks.delete(name);
			this.#waits.forget(name);
			this.#counters.trim(this.#sidekicks);
		},
	};
}
