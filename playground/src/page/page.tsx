import { EditorPanel } from '../editor/editor-panel.tsx';
import { activePanel, wholePanel } from './active-panel.ts';
import { AppPanel } from './app-panel.tsx';
import { ConsolePanel } from './console-panel.tsx';
import { Header } from './header.tsx';
import { LogAndThreads } from './log-and-threads.tsx';
import { Notices } from './notices-view.tsx';
import { PanelTabs } from './panel-tabs.tsx';
import { panelShares } from './preferences.ts';
import { SidekicksPanel } from './sidekicks-panel.tsx';
import { Splitter, tracks } from './splitter.tsx';
import { TimelinePanel } from './timeline-panel.tsx';

/** The whole page. Panels are never removed, only hidden: otherwise the frame would reload. */
export function Page() {
	const { rows, top, bottom } = panelShares;
	return (
		<>
			<button type="button" class="skip-link" onClick={() => document.getElementById('panels')?.focus()}>
				Skip to the panels
			</button>
			<Header />
			<main
				id="panels"
				class="work"
				tabIndex={-1}
				data-active={activePanel.value}
				data-whole={wholePanel.value}
				style={{ '--rows': tracks(rows) }}
			>
				<div class="row" style={{ '--columns': tracks(top) }}>
					<EditorPanel />
					<Splitter group={top} boundary={0} direction="columns" label="Width of the code" />
					<AppPanel />
				</div>
				<Splitter group={rows} boundary={0} direction="rows" label="Height of code and app" />
				<TimelinePanel />
				<Splitter group={rows} boundary={1} direction="rows" label="Height of the timeline" />
				<div class="row" style={{ '--columns': tracks(bottom) }}>
					<ConsolePanel />
					<Splitter group={bottom} boundary={0} direction="columns" label="Width of the requests" />
					<SidekicksPanel />
					<Splitter group={bottom} boundary={1} direction="columns" label="Width of the sidekicks" />
					<LogAndThreads />
				</div>
			</main>
			<PanelTabs />
			<Notices />
		</>
	);
}
