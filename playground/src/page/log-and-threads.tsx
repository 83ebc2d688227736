import { signal } from '@preact/signals';
import { LogView } from './log-view.tsx';
import { TerminalView } from './terminal-view.tsx';
import { ThreadsView } from './threads-view.tsx';
import { WholeButton } from './whole-button.tsx';

const TABS = [
	{ name: 'log', label: 'Log', View: LogView },
	{ name: 'threads', label: 'Threads', View: ThreadsView },
	{ name: 'terminal', label: 'Terminal', View: TerminalView },
] as const;

/** Which of `TABS` is shown. */
const shown = signal(0);

/** The log, the threads and the terminal share a panel. */
export function LogAndThreads() {
	const { name, View } = TABS[shown.value] ?? TABS[0];
	return (
		<section class="panel" data-panel="log" aria-label="Log, threads and terminal">
			<div class="panel-head">
				<div class="tabs" role="tablist" aria-label="Log, threads and terminal" onKeyDown={turn}>
					{TABS.map((tab, index) => (
						<button
							key={tab.name}
							id={`tab-of-${tab.name}`}
							type="button"
							role="tab"
							aria-selected={tab.name === name}
							aria-controls={`tab-${tab.name}`}
							tabIndex={tab.name === name ? 0 : -1}
							onClick={() => {
								shown.value = index;
							}}
						>
							{tab.label}
						</button>
					))}
				</div>
				<span class="spring" />
				<WholeButton panel="log" of="log and threads" />
			</div>
			<div class="panel-body" role="tabpanel" id={`tab-${name}`} aria-labelledby={`tab-of-${name}`}>
				<View />
			</div>
		</section>
	);
}

/** Arrow keys go from tab to tab. */
function turn(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
	const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
	if (by === undefined) return;
	shown.value = (shown.value + by + TABS.length) % TABS.length;
	const tabs = event.currentTarget;
	requestAnimationFrame(() => tabs.querySelector<HTMLElement>('[aria-selected="true"]')?.focus());
}
