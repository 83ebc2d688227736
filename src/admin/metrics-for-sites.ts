import type { RunningScope } from '../application/scope.ts';
import { ServerMetrics } from '../metrics/server-metrics.ts';
import { SidekickLedger } from './sidekick-ledger.ts';

/** The metrics of one server for whoever is not the admin API. Main thread only. */
export class MetricsReader {
	readonly #ledger: SidekickLedger;
	readonly #metrics: ServerMetrics;

	/** @param scopes those that run now */
	constructor(scopes: () => readonly RunningScope[]) {
		this.#ledger = new SidekickLedger(scopes, () => {});
		this.#metrics = new ServerMetrics({ scopes, sidekicks: () => this.#ledger.list() });
	}

	/** One scrape. */
	async read(): Promise<{ text: string; contentType: string }> {
		this.#ledger.refresh();
		return { text: await this.#metrics.text(), contentType: this.#metrics.contentType };
	}
}
