import { render } from 'preact';
import { present } from '../../../src/time/clock.ts';
import { Timeline, TimelineModel, type TimelineView } from '../timeline/index.ts';
import { crashing, Load, waiting } from './scenarios.ts';

/**
 * A page with nothing but the timeline. `?show=waiting` or `crashing` shows a story that has happened; `?rate=1000`
 * makes that many events a second, in batches, as they come from the host. `bench` is for the driver.
 */
const query = new URLSearchParams(location.search);
const model = new TimelineModel();
let view: TimelineView | undefined;
const story = { waiting, crashing }[query.get('show') ?? ''];
const frozen = story === undefined ? undefined : present();

render(
	<main style={{ padding: '12px' }}>
		<Timeline
			source={model}
			onView={(mounted) => {
				view = mounted;
			}}
			{...(frozen === undefined ? {} : { now: () => frozen })}
			{...(query.has('span') ? { span: Number(query.get('span')) } : {})}
		/>
	</main>,
	document.getElementById('app')!,
);
if (story !== undefined && frozen !== undefined)
	model.push(story(frozen - Number(query.get('age') ?? 9_000)).filter(({ at }) => at <= frozen));

const rate = Number(query.get('rate') ?? 0);
if (rate > 0) {
	const load = new Load(rate);
	let last = present();
	model.push(load.begin(last - 500));
	setInterval(() => {
		const now = present();
		const events = load.next(last, now);
		last = now;
		// Batches come as structured clones from a worker.
		model.push(structuredClone(events));
	}, 16);
}

Object.assign(globalThis, { bench: { model, view: () => view } });
