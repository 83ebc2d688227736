import type { ComponentType } from 'preact';
import { AppIcon, CodeIcon, LogIcon, SendIcon, SidekickIcon, TimelineIcon } from '../icons/icons.tsx';
import { activePanel, type PanelName } from './active-panel.ts';

const TABS: readonly { name: PanelName; label: string; Icon: ComponentType }[] = [
	{ name: 'code', label: 'Code', Icon: CodeIcon },
	{ name: 'app', label: 'App', Icon: AppIcon },
	{ name: 'timeline', label: 'Timeline', Icon: TimelineIcon },
	{ name: 'requests', label: 'Requests', Icon: SendIcon },
	{ name: 'sidekicks', label: 'Sidekicks', Icon: SidekickIcon },
	{ name: 'log', label: 'Log', Icon: LogIcon },
];

/** Chooses the panel on a narrow page; a wide one shows all and hides this. */
export function PanelTabs() {
	return (
		<nav class="panel-tabs" aria-label="Panels">
			{TABS.map(({ name, label, Icon }) => (
				<button
					key={name}
					type="button"
					aria-current={activePanel.value === name}
					onClick={() => {
						activePanel.value = name;
					}}
				>
					<Icon />
					{label}
				</button>
			))}
		</nav>
	);
}
