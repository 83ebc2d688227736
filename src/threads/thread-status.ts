import { NO_REQUEST } from '../shared-memory/thread-cell.ts';
import type { PhpThreadHandle, ThreadRole } from './php-thread-handle.ts';

/** A PHP thread, as `GET /frankenphp/threads` shows it. */
export interface ThreadStatus {
	readonly id: number;
	readonly role: ThreadRole;
	/** For people: 'classic', the worker's name, `sidekick NAME`, `background NAME`, 'spare'. */
	readonly label: string;
	/** 'waiting' = it has nothing to do now; 'busy' = a request, or a sidekick, runs on it. */
	readonly state: 'booting' | 'waiting' | 'busy' | 'ended';
	/** How long it has had nothing to do, milliseconds; 0 when it is busy. */
	readonly waitingFor: number;
	/** Requests begun since it took its role. */
	readonly requests: number;
	/** Of its PHP instance, bytes; it only ever grows. 0 = not booted yet. */
	readonly memory: number;
}

/** A thread as the admin API shows it, now. */
export function statusOfThread(thread: PhpThreadHandle): ThreadStatus {
	const { cell, role } = thread;
	const state = stateOf(thread);
	return {
		id: thread.id,
		role,
		label: thread.label,
		state,
		waitingFor: state === 'waiting' ? Math.max(0, Date.now() - cell.idleSince) : 0,
		requests: role === 'classic' || role === 'worker' ? cell.requests : 0,
		memory: cell.memory,
	};
}

function stateOf(thread: PhpThreadHandle): ThreadStatus['state'] {
	if (thread.state === 'booting' || thread.state === 'ended') return thread.state;
	if (thread.role === 'spare') return 'waiting';
	if (thread.role === 'sidekick') return 'busy';
	if (!thread.isServing) return 'booting';
	return thread.cell.currentRequest === NO_REQUEST ? 'waiting' : 'busy';
}
