import type { KnownTask } from './ledger.ts';
import type { SimulatedThread } from './simulated-thread.ts';

/** What happens next. Numbers pick one of those that there are. */
export type Action =
	| {
			readonly do: 'send';
			readonly thread: number;
			readonly to: string;
			readonly size: number;
			readonly timeout: number | null;
	  }
	| {
			readonly do: 'read' | 'abandon' | 'complete' | 'finish' | 'drop' | 'receive' | 'loop';
			readonly thread: number;
			readonly task: number;
	  }
	| { readonly do: 'update'; readonly thread: number; readonly task: number; readonly times: number }
	| { readonly do: 'exit'; readonly thread: number; readonly status: number }
	| { readonly do: 'kill' | 'notice' | 'retire' | 'endRequest'; readonly thread: number }
	| { readonly do: 'restart' | 'stop'; readonly name: string }
	| { readonly do: 'pass'; readonly milliseconds: number };

const holds = ({ heldTasks }: SimulatedThread): boolean => heldTasks.length > 0;
const works = ({ run }: SimulatedThread): boolean => run !== undefined;
/** Which threads can do what; the rest, all can. */
export const ABLE: Partial<Record<Action['do'], (thread: SimulatedThread) => boolean>> = {
	read: ({ sentTasks }) => sentTasks.length > 0,
	abandon: ({ sentTasks }) => sentTasks.length > 0,
	complete: holds,
	finish: holds,
	drop: holds,
	update: holds,
	receive: works,
	loop: works,
	exit: works,
	retire: (thread) => !works(thread),
	endRequest: (thread) => !works(thread),
};

/** What its script does for the action. */
export function follow(thread: SimulatedThread, action: Action): void {
	const pick = (tasks: readonly KnownTask[], then: (task: KnownTask) => void): void => {
		const task = 'task' in action ? tasks[action.task % Math.max(1, tasks.length)] : undefined;
		if (task !== undefined) then(task);
	};
	if (action.do === 'send') thread.send(action.to, action.size, action.timeout);
	else if (action.do === 'read') pick(thread.sentTasks, (task) => thread.read(task));
	else if (action.do === 'abandon') pick(thread.sentTasks, (task) => thread.abandon(task));
	else if (action.do === 'endRequest') {
		thread.endScript();
		thread.cell.clearStop();
	} else if (action.do === 'complete') pick(thread.heldTasks, (task) => thread.end(task, 'completed'));
	else if (action.do === 'finish') {
		pick(thread.heldTasks, (task) => {
			thread.update(task);
			thread.end(task, 'completed');
		});
	} else if (action.do === 'drop') pick(thread.heldTasks, (task) => thread.end(task, 'aborted'));
	else if (action.do === 'update') {
		for (let i = 0; i < action.times; i++) pick(thread.heldTasks, (task) => thread.update(task));
	} else if (action.do === 'receive') thread.receive();
	else if (action.do === 'loop') thread.loop(false);
}
