import { Counter, Gauge, type Registry } from 'prom-client';
import type { SidekickState } from '../sidekicks/states.ts';
import { LEGAL_TRANSITIONS } from '../sidekicks/states.ts';
import type { SidekickInfo } from '../sidekicks/status.ts';
import type { MonotonicCounters } from './monotonic.ts';

/** A sidekick, and where it belongs. */
export interface ScopedSidekick {
	/** Another object = its counters may restart at 0. */
	readonly scope: { readonly name: string };
	readonly info: SidekickInfo;
	/** Stopped or failed; it cannot be read. */
	readonly over: boolean;
}

type Labels = 'scope' | 'sidekick';

const STATES = Object.keys(LEGAL_TRANSITIONS) as SidekickState[];
const MILLISECONDS = 1000;

/** The metrics of sidekicks: `frankenphp_sidekick_*`. */
export class SidekickMetrics {
	readonly #state: Gauge<Labels | 'state'>;
	readonly #shared: Gauge<Labels | 'what'>;
	readonly #gauges: readonly (readonly [
		Gauge<Labels>,
		(sidekick: ScopedSidekick, now: number) => number | undefined,
	])[];
	readonly #counters: readonly (readonly [Counter<Labels>, keyof SidekickInfo])[];

	constructor(registry: Registry) {
		const registers = [registry];
		const labelNames = ['scope', 'sidekick'] as const;
		const gauge = (name: string, help: string) =>
			new Gauge({ name: `frankenphp_sidekick_${name}`, help, labelNames, registers });
		const counter = (name: string, help: string) =>
			new Counter({ name: `frankenphp_sidekick_${name}_total`, help, labelNames, registers });
		this.#state = new Gauge({
			name: 'frankenphp_sidekick_state',
			help: 'State of this sidekick: 1 for the one it is in, 0 for the others',
			labelNames: [...labelNames, 'state'],
			registers,
		});
		this.#shared = new Gauge({
			name: 'frankenphp_sidekick_shared',
			help: '1 for what its fleet shares of this sidekick: its run, or the tasks of a background worker',
			labelNames: [...labelNames, 'what'],
			registers,
		});
		this.#gauges = [
			[
				gauge('ready', '1 when this sidekick has reached its ready point, so that its readers do not wait; else 0'),
				({ info, over }) => (!over && info.ready ? 1 : 0),
			],
			[gauge('snapshot_bytes', 'Size of the snapshot of this sidekick'), ({ info }) => info.size],
			[
				gauge('age_seconds', 'Time since this sidekick has published'),
				({ info, over }, now) =>
					over || info.lastPublication === undefined
						? undefined
						: Math.max(0, now - info.lastPublication) / MILLISECONDS,
			],
			[
				gauge('time_to_ready_seconds', 'Time from the start to the first publication, of the last run that was ready'),
				({ info }) => info.timeToReady && info.timeToReady / MILLISECONDS,
			],
			[
				gauge('readers_waiting', 'Threads that wait in frankenphp_sidekick_get_vars() for this sidekick'),
				({ info }) => info.readersWaiting,
			],
			[
				gauge('held', '1 when this server runs this sidekick for its fleet, 0 when it does not'),
				({ info: { fleet } }) => (fleet?.shares === 'run' ? Number(fleet.here) : undefined),
			],
			[
				gauge('behind_seconds', 'Time for which this server has heard of no changes of this sidekick of its fleet'),
				({ info }) => info.fleet && info.fleet.behind / MILLISECONDS,
			],
		];
		this.#counters = [
			[counter('starts', 'Runs of this sidekick'), 'starts'],
			[counter('crashes', 'Runs of this sidekick that crashed after it had published'), 'crashes'],
			[counter('boot_failures', 'Runs of this sidekick that failed before it had published'), 'bootFailures'],
			[counter('publications', 'Snapshots that this sidekick has published'), 'publications'],
		];
	}

	/** @param now milliseconds since 1970 */
	update(sidekicks: readonly ScopedSidekick[], series: MonotonicCounters, now: number): void {
		const counted = [...this.#gauges, ...this.#counters].map(([each]) => each);
		for (const metric of [this.#state, this.#shared, ...counted]) metric.reset();
		for (const sidekick of sidekicks) {
			const { scope, info } = sidekick;
			const labels = { scope: scope.name, sidekick: info.name };
			for (const state of STATES) this.#state.set({ ...labels, state }, info.state === state ? 1 : 0);
			if (info.fleet) this.#shared.set({ ...labels, what: info.fleet.shares }, 1);
			for (const [metric, read] of this.#gauges) {
				const value = read(sidekick, now);
				if (value !== undefined) metric.set(labels, value);
			}
			for (const [metric, key] of this.#counters) {
				const name = `sidekick ${key} ${JSON.stringify([scope.name, info.name])}`;
				metric.inc(labels, series.count(name, scope, Number(info[key])));
			}
		}
	}
}
