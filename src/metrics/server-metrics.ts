import { collectDefaultMetrics, Registry } from 'prom-client';
import type { RunningScope } from '../application/scope.ts';
import { MonotonicCounters } from './monotonic.ts';
import { type ScopedSidekick, SidekickMetrics } from './sidekick-metrics.ts';
import { WorkerMetrics } from './worker-metrics.ts';

/** Where the numbers are; read at each scrape. */
export interface MetricsSource {
	scopes(): readonly RunningScope[];
	sidekicks(): readonly ScopedSidekick[];
}

/** The metrics of one server, in Prometheus' text format. Each server has a registry of its own. Main thread only. */
export class ServerMetrics {
	readonly #source: MetricsSource;
	readonly #registry = new Registry();
	readonly #workers = new WorkerMetrics(this.#registry);
	readonly #sidekicks = new SidekickMetrics(this.#registry);
	readonly #series = new MonotonicCounters();

	constructor(source: MetricsSource) {
		this.#source = source;
		collectDefaultMetrics({ register: this.#registry });
	}

	get contentType(): string {
		return this.#registry.contentType;
	}

	/** One scrape. */
	text(): Promise<string> {
		this.#series.begin();
		this.#workers.update(this.#source.scopes(), this.#series);
		this.#sidekicks.update(this.#source.sidekicks(), this.#series, Date.now());
		return this.#registry.metrics();
	}
}
