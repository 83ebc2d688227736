import { useEffect, useRef } from 'preact/hooks';
import { duration } from './figures.ts';
import { isBlank, isEmptyFrame } from './frame.ts';
import { runningRequests } from './running-requests.ts';
import { useNow } from './use-now.ts';

/** An answer that comes within these milliseconds needs no words. */
const QUICK = 400;

/** What an empty frame waits for. */
export function WaitNote() {
	const now = useNow(200);
	const began = useRef(now);
	useEffect(() => {
		isBlank.value = isEmptyFrame();
	}, [now]);
	const running = [...runningRequests.value.values()];
	const names = new Set(running.flatMap(({ waitsFor }) => waitsFor));
	if (now - began.current < QUICK) return null;
	const since = Math.min(began.current, ...running.filter(({ waiting }) => waiting).map(({ since }) => since));
	return (
		<div class="start" role="status" aria-label="The app">
			<p class="start-title">{names.size > 0 ? waitsFor([...names]) : 'Waiting for the app\u2019s answer …'}</p>
			<p class="figures">{duration(now - since)}</p>
		</div>
	);
}

function waitsFor(names: readonly string[]): string {
	return `Waiting for ${names.length === 1 ? 'sidekick' : 'sidekicks'} ${names.join(', ')} …`;
}
