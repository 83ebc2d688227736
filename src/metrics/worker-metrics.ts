import { Counter, Gauge, type Registry } from 'prom-client';
import type { RunningScope, WorkerMeasures } from '../application/scope.ts';
import type { MonotonicCounters } from './monotonic.ts';

/** FrankenPHP's metrics, by its names: of threads, all scopes together; of workers, one series each. */
export class WorkerMetrics {
	readonly #threads: Readonly<Record<'total' | 'busy' | 'queue', Gauge>>;
	readonly #gauges: readonly (readonly [Gauge<'worker'>, keyof WorkerMeasures])[];
	readonly #counters: readonly (readonly [Counter<'worker'>, keyof WorkerMeasures])[];

	constructor(registry: Registry) {
		const registers = [registry];
		const gauge = (name: string, help: string) => new Gauge({ name: `frankenphp_${name}`, help, registers });
		const labelNames = ['worker'] as const;
		const workerGauge = (name: string, help: string) =>
			new Gauge({ name: `frankenphp_${name}`, help, labelNames, registers });
		const counter = (name: string, help: string) =>
			new Counter({ name: `frankenphp_worker_${name}`, help, labelNames, registers });
		this.#threads = {
			total: gauge('total_threads', 'Total number of PHP threads'),
			busy: gauge('busy_threads', 'Number of busy PHP threads; one that runs a worker is busy as long as it does'),
			queue: gauge('queue_depth', 'Number of requests that wait for a thread without a worker'),
		};
		this.#gauges = [
			[workerGauge('total_workers', 'Threads of this worker'), 'total'],
			[workerGauge('busy_workers', 'Threads of this worker that serve a request'), 'busy'],
			[
				workerGauge(
					'ready_workers',
					'Threads of this worker that have reached frankenphp_handle_request(), or the first tick()',
				),
				'ready',
			],
			[workerGauge('worker_queue_depth', 'Requests that wait for this worker'), 'queueDepth'],
		];
		this.#counters = [
			[counter('crashes', 'Ends of this worker that nobody asked for'), 'crashes'],
			[counter('restarts', 'Restarts of this worker that were asked for'), 'restarts'],
			[counter('request_count', 'Requests that this worker has served'), 'requestCount'],
			[counter('request_time', 'Seconds that this worker has spent on requests'), 'requestTime'],
		];
	}

	/** Reads the scopes as they are now. */
	update(scopes: readonly RunningScope[], series: MonotonicCounters): void {
		for (const [metric] of [...this.#gauges, ...this.#counters]) metric.reset();
		const sums = { total: 0, busy: 0, queue: 0 };
		const taken = new Set<string>();
		for (const scope of scopes) {
			const { totalThreads, busyThreads, queueDepth, workers } = scope.measures();
			const sum = (key: 'total' | 'busy' | 'queueDepth') => workers.reduce((all, worker) => all + worker[key], 0);
			sums.total += totalThreads;
			sums.busy += Math.max(0, busyThreads - sum('busy')) + sum('total');
			sums.queue += Math.max(0, queueDepth - sum('queueDepth'));
			for (const measures of workers) {
				const worker = seriesName(scope.name, measures.name, taken);
				for (const [metric, key] of this.#gauges) metric.set({ worker }, Number(measures[key]));
				for (const [metric, key] of this.#counters) {
					metric.inc({ worker }, series.count(`worker ${key} ${worker}`, scope, Number(measures[key])));
				}
			}
		}
		this.#threads.total.set(sums.total);
		this.#threads.busy.set(sums.busy);
		this.#threads.queue.set(sums.queue);
	}
}

/** As in FrankenPHP: a name that another scope has taken is prefixed with its own scope's, then numbered. */
function seriesName(scope: string, worker: string, taken: Set<string>): string {
	const qualified = `${scope}:${worker}`;
	let name = taken.has(worker) ? qualified : worker;
	for (let number = 1; taken.has(name); number++) name = `${qualified}_${number}`;
	taken.add(name);
	return name;
}
