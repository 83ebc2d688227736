const ENTRIES = [
	['request', 'request'],
	['error', 'failed request'],
	['wait', 'blocked in get_vars()'],
	['idle', 'idle'],
	['starting', 'sidekick starting'],
	['ready', 'ready'],
	['stopping', 'stopping'],
	['backoff', 'back-off'],
	['publication', 'publication'],
	['crash', 'crash'],
	['ignored', 'ignored its stop flag'],
	['woke', 'woke a reader'],
	['seen', 'first seen'],
	['task', 'task, to its worker'],
] as const;

/** What the colours, patterns and marks mean. */
export function Legend() {
	return (
		// biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard has to get there
		<ul class="timeline-legend" aria-label="Legend" tabIndex={0}>
			{ENTRIES.map(([name, label]) => (
				<li key={name}>
					<span class={`timeline-swatch timeline-swatch-${name}`} aria-hidden="true" />
					{label}
				</li>
			))}
		</ul>
	);
}
