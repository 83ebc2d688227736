import { Registry } from 'prom-client';
import { SidekickMetrics } from '../../src/metrics/sidekick-metrics.ts';
import { WorkerMetrics } from '../../src/metrics/worker-metrics.ts';
import { table } from './table.ts';

/** The names of labels are known to a metric alone; prom-client does not declare them. */
type Labelled = { readonly labelNames?: readonly string[] };

/** Every metric of Igor itself. */
export async function metricsTable(): Promise<string> {
	const registry = new Registry();
	new WorkerMetrics(registry);
	new SidekickMetrics(registry);
	const metrics = await registry.getMetricsAsJSON();
	return table(
		['metric', 'type', 'labels', 'is'],
		metrics.map(({ name, type, help }) => {
			const { labelNames = [] } = registry.getSingleMetric(name) as Labelled;
			return [`\`${name}\``, String(type), labelNames.map((label) => `\`${label}\``).join(' ') || '–', help];
		}),
	);
}
