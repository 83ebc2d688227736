import { formatDuration } from './view/ticks.ts';
import type { TimelineView } from './view/timeline-view.ts';

/** Live or paused, closer or further away. */
export function Toolbar({ view }: { readonly view: TimelineView }) {
	const { paused } = view;
	return (
		<div class="timeline-toolbar" role="toolbar" aria-label="Timeline">
			<button
				type="button"
				class={paused ? 'timeline-live' : 'timeline-live timeline-is-live'}
				aria-pressed={!paused}
				title={paused ? 'Follow the present again (End)' : 'Hold the picture (Space); recording goes on'}
				onClick={() => view.setPaused(!paused)}
			>
				<span class="timeline-dot" aria-hidden="true" />
				{paused ? 'Go live' : 'Live'}
			</button>
			<button type="button" disabled={paused} title="Hold the picture (Space)" onClick={() => view.setPaused(true)}>
				Pause
			</button>
			<span class="timeline-zoom">
				<button type="button" aria-label="Show more time" title="Show more time (−)" onClick={() => view.zoom(2)}>
					−
				</button>
				<output title="How much time is shown">{formatSpan(view.span)}</output>
				<button type="button" aria-label="Zoom in" title="Zoom in (+)" onClick={() => view.zoom(0.5)}>
					+
				</button>
			</span>
			<span class="timeline-tip">Drag to move, Ctrl + wheel to zoom, click for details</span>
		</div>
	);
}

function formatSpan(span: number): string {
	return formatDuration(span).replace(/\.0+(?= )/, '');
}
