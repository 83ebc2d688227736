import { Timeline } from '../timeline/index.ts';
import type { TimelineView } from '../timeline/view/timeline-view.ts';
import { firstPage } from './runtime.ts';
import { timeline } from './timeline-model.ts';
import { WholeButton } from './whole-button.tsx';

/** What threads, requests and sidekicks do. */
export function TimelinePanel() {
	return (
		// No landmark of its own: the timeline is one.
		<div class="panel" data-panel="timeline">
			<h2>Timeline</h2>
			<WholeButton panel="timeline" of="the timeline" />
			<Timeline source={timeline} onView={startCalmly} />
		</div>
	);
}

function startCalmly(view: TimelineView): void {
	view.isCalm = true;
	void firstPage().then(() => {
		view.isCalm = false;
	});
}
