import { StopIcon } from '../icons/icons.tsx';
import { duration } from './figures.ts';
import { runningRequests, stuckRequests } from './running-requests.ts';
import { endThread } from './runtime.ts';
import { useNow } from './use-now.ts';

/** Reports a slow request, and terminates its thread on demand. */
export function StuckBar() {
	const now = useNow(500);
	const [first, ...others] = stuckRequests(runningRequests.value, now);
	if (first === undefined) return null;
	return (
		<div class="banner" data-tone="warning" role="status">
			<p>
				<code>{first.label}</code> has been running for {duration(now - first.since)}
				{others.length > 0 && `, and ${others.length} more`}. An endless loop?
			</p>
			<button
				type="button"
				onClick={() => {
					for (const { thread } of [first, ...others]) endThread(thread);
				}}
			>
				<StopIcon /> Stop
			</button>
		</div>
	);
}
