import { Timeline } from '../timeline/index.ts';
import { timeline } from './timeline-model.ts';

/** What threads, requests and sidekicks do. */
export function TimelinePanel() {
	return (
		<section class="panel" data-panel="timeline" aria-labelledby="timeline-title">
			<h2 id="timeline-title">Timeline</h2>
			<Timeline source={timeline} />
		</section>
	);
}
