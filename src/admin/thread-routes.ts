import type { RunningScope } from '../application/scope.ts';
import type { ThreadStatus } from '../threads/thread-status.ts';
import { AdminError, textResponse } from './admin-messages.ts';
import type { Route } from './admin-routing.ts';
import type { AdminTarget } from './admin-target.ts';

/** FrankenPHP's routes: what the threads do, and the restart of the workers. */
export function threadRoutes(target: AdminTarget): Route[] {
	return [
		{
			path: '/frankenphp/threads',
			methods: {
				GET: () => textResponse(`${JSON.stringify(debugState(target), undefined, 4)}\n`, 'application/json'),
			},
		},
		{
			path: '/frankenphp/workers/restart',
			methods: {
				POST: async () => {
					await restartAll(target.scopes());
					return textResponse('workers restarted successfully\n');
				},
			},
		},
	];
}

/** Workers first, then the sidekicks that they read: both run the newest code. One scope after another. */
async function restartAll(scopes: readonly RunningScope[]): Promise<void> {
	const failures: string[] = [];
	for (const scope of scopes) {
		try {
			await scope.restartWorkers();
			scope.sidekicks.restartAll();
		} catch (error) {
			failures.push(`${scope.name}: ${error instanceof Error ? error.message : error}`);
		}
	}
	if (failures.length > 0) throw new AdminError(500, failures.join('\n'));
}

/** The shape of FrankenPHP's answer. What Igor does not know about a thread gets the value for "none". */
function debugState(target: AdminTarget): object {
	return {
		ThreadDebugStates: target
			.scopes()
			.flatMap((scope) => scope.threads().map((thread) => debugThread(scope.name, thread))),
		ReservedThreadCount: target.reservedThreads?.() ?? 0,
	};
}

function debugThread(scope: string, { id, role, label, state, waitingFor, requests, memory }: ThreadStatus): object {
	const isWaiting = state === 'waiting';
	return {
		Index: id,
		Name: nameOf(role, label),
		State: role === 'spare' && isWaiting ? 'inactive' : STATES[state],
		IsWaiting: isWaiting,
		IsBusy: !isWaiting && state !== 'ended',
		WaitingSinceMilliseconds: isWaiting ? Math.round(waitingFor) : 0,
		CurrentURI: '',
		CurrentMethod: '',
		RequestStartedAt: 0,
		RequestCount: requests,
		MemoryUsage: memory,
		Scope: scope,
	};
}

const STATES: Readonly<Record<ThreadStatus['state'], string>> = {
	booting: 'booting',
	waiting: 'ready',
	busy: 'ready',
	ended: 'done',
};

function nameOf(role: ThreadStatus['role'], label: string): string {
	switch (role) {
		case 'classic':
			return 'Regular PHP Thread';
		case 'worker':
			return `Worker PHP Thread - ${label}`;
		case 'sidekick':
			return `Sidekick PHP Thread - ${label.replace(/^sidekick /, '')}`;
		case 'background':
			return `Background Worker PHP Thread - ${label.replace(/^background /, '')}`;
		case 'spare':
			return 'Inactive PHP Thread';
	}
}
