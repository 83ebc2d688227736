import type { ThreadStatus } from '../application/scope.ts';
import { NO_REQUEST } from '../shared-memory/thread-cell.ts';
import type { PhpThreadHandle } from './php-thread-handle.ts';

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
