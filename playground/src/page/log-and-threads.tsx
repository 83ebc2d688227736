import { signal } from '@preact/signals';
import { LogView } from './log-view.tsx';
import { ThreadsView } from './threads-view.tsx';
import { WholeButton } from './whole-button.tsx';

const shown = signal<'log' | 'threads'>('log');

/** The log and the threads share a panel. */
export function LogAndThreads() {
	return (
		<section class="panel" data-panel="log" aria-label="Log and threads">
			<div class="panel-head">
				<div class="tabs" role="tablist" aria-label="Log and threads" onKeyDown={turn}>
					<Tab name="log" label="Log" />
					<Tab name="threads" label="Threads" />
				</div>
				<span class="spring" />
				<WholeButton panel="log" of="log and threads" />
			</div>
			<div class="panel-body" role="tabpanel" id={`tab-${shown.value}`} aria-label={shown.value}>
				{shown.value === 'log' ? <LogView /> : <ThreadsView />}
			</div>
		</section>
	);
}

function Tab({ name, label }: { name: 'log' | 'threads'; label: string }) {
	const isShown = shown.value === name;
	return (
		<button
			type="button"
			role="tab"
			aria-selected={isShown}
			aria-controls={`tab-${name}`}
			tabIndex={isShown ? 0 : -1}
			onClick={() => {
				shown.value = name;
			}}
		>
			{label}
		</button>
	);
}

/** Arrow keys go from tab to tab. */
function turn(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
	if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
	shown.value = shown.value === 'log' ? 'threads' : 'log';
	const tabs = event.currentTarget;
	requestAnimationFrame(() => tabs.querySelector<HTMLElement>('[aria-selected="true"]')?.focus());
}
