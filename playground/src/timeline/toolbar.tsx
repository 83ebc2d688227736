import { formatDuration } from './view/ticks.ts';
import type { TimelineView } from './view/timeline-view.ts';

/** Live or paused, closer or further away. */
export function Toolbar({ view }: { readonly view: TimelineView }) {
	const { paused } = view;
	return (
		<div class="timeline-toolbar" role="toolbar" aria-label="Timeline">
			<button
				type="button"
				class="timeline-live"
				title={paused ? 'Follow the present again (End)' : 'Hold the picture (Space); recording goes on'}
				onClick={() => view.setPaused(!paused)}
			>
				<svg viewBox="0 0 10 10" width="10" height="10" fill="currentColor" aria-hidden="true">
					<path d={paused ? 'M1 0 10 5 1 10Z' : 'M1 0h3v10H1ZM6 0h3v10H6Z'} />
				</svg>
				{paused ? 'Go live' : 'Pause'}
			</button>
			<span class="timeline-zoom">
				<button type="button" aria-label="Show more time" title="Show more time (−)" onClick={() => view.zoom(2)}>
					−
				</button>
				<output title="How much time is shown">{formatDuration(view.span).replace(/\.0+(?= )/, '')}</output>
				<button type="button" aria-label="Zoom in" title="Zoom in (+)" onClick={() => view.zoom(0.5)}>
					+
				</button>
			</span>
			<span class={paused ? 'timeline-state' : 'timeline-state timeline-is-live'}>
				<span class="timeline-dot" aria-hidden="true" />
				{paused ? 'Paused' : 'Live'}
			</span>
			<span class="timeline-tip">Drag to move, Ctrl + wheel to zoom, click for details</span>
		</div>
	);
}
