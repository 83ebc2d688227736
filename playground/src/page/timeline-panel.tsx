/** Where the timeline is drawn. */
export function TimelinePanel() {
	return (
		<section class="panel" data-panel="timeline" aria-label="Timeline">
			<div class="panel-head">
				<h2>Timeline</h2>
			</div>
			<div class="panel-body timeline-slot" />
		</section>
	);
}
