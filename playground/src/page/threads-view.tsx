import type { ThreadStatus } from '../../../src/browser.ts';
import { IconButton } from '../icons/icon-button.tsx';
import { StopIcon } from '../icons/icons.tsx';
import { bytes, duration } from './figures.ts';
import { LOOKS_STUCK, type RunningRequest, runningRequests } from './running-requests.ts';
import { endThread, threads } from './runtime.ts';
import { useNow } from './use-now.ts';

/** Every PHP thread: what it does, and what it holds in memory. */
export function ThreadsView() {
	const now = useNow(500);
	const all = threads.value;
	if (all.length === 0) return <p class="empty">No PHP thread runs.</p>;
	const total = all.reduce((sum, thread) => sum + thread.memory, 0);
	return (
		<table class="threads">
			<thead>
				<tr>
					<th scope="col">Thread</th>
					<th scope="col">State</th>
					<th scope="col" class="number">
						Requests
					</th>
					<th scope="col" class="number">
						Memory
					</th>
					<td />
				</tr>
			</thead>
			<tbody>
				{all.map((thread) => (
					<Row key={thread.id} thread={thread} running={runningRequests.value.get(thread.id)} now={now} />
				))}
			</tbody>
			<tfoot>
				<tr>
					<th scope="row" colSpan={2}>
						{all.length} threads
					</th>
					<td />
					<td class="number">{total > 0 ? bytes(total) : ''}</td>
					<td />
				</tr>
			</tfoot>
		</table>
	);
}

function Row({ thread, running, now }: { thread: ThreadStatus; running: RunningRequest | undefined; now: number }) {
	const { memory } = thread;
	const isStuck = running !== undefined && !running.waiting && now - running.since >= LOOKS_STUCK;
	return (
		<tr data-stuck={isStuck}>
			<th scope="row">
				<span class="thread-id">{thread.id}</span> {thread.label.replace(/^\/app\//, '')}
			</th>
			<td>
				{running === undefined ? (
					thread.state
				) : (
					<>
						{running.waiting ? 'waits' : duration(now - running.since)} <code>{running.label}</code>
					</>
				)}
			</td>
			<td class="number">{thread.requests > 0 ? thread.requests : ''}</td>
			<td class="number">{memory > 0 ? bytes(memory) : ''}</td>
			<td>
				<IconButton
					icon={StopIcon}
					title="End this thread at once; another one replaces it"
					label={`End thread ${thread.id}`}
					onClick={() => endThread(thread.id)}
				/>
			</td>
		</tr>
	);
}
