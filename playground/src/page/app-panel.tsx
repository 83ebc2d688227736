import { useEffect, useRef, useState } from 'preact/hooks';
import { IconButton } from '../icons/icon-button.tsx';
import { NewTabIcon, ReloadIcon } from '../icons/icons.tsx';
import { embeddedFile } from './embedded.ts';
import { isBlank, isEmptyFrame, isShown, pathInFrame, setFrame, showInFrame } from './frame.ts';
import { failure, frameObstacle, frameUrl, obstacle, phase, run, startNumber } from './runtime.ts';
import { FIRST_PATH } from './scenarios.ts';
import { StartPanel } from './start-panel.tsx';
import { StuckBar } from './stuck-bar.tsx';
import { WaitNote } from './wait-note.tsx';
import { WholeButton } from './whole-button.tsx';
import { scenario, settings } from './workspace.ts';

/** The app in a frame, with an address bar; before it runs, the progress of the start, or the obstacle. */
export function AppPanel() {
	const first = pathOf(embeddedFile);
	const [path, setPath] = useState(first);
	const last = useRef(first);
	const isRunning = phase.value === 'running';
	const number = startNumber.value;

	const open = (to: string) => {
		const target = absolute(to);
		last.current = target;
		setPath(target);
		showInFrame(frameUrl(target));
	};
	// Each start reloads the frame, and nothing else does.
	useEffect(() => {
		if (number > 0) open(shownOf === scenario.value.name ? last.current : first);
		shownOf = scenario.value.name;
	}, [number]);

	return (
		<section class="panel" data-panel="app" aria-label="App">
			<div class="panel-head">
				<form
					class="address"
					onSubmit={(event) => {
						event.preventDefault();
						open(path);
					}}
				>
					<IconButton
						icon={ReloadIcon}
						disabled={!isRunning}
						onClick={() => open(last.current)}
						title="Reload the app's page"
						label="Reload the app's page"
					/>
					<input
						type="text"
						value={path}
						disabled={!isRunning}
						spellcheck={false}
						autocomplete="off"
						aria-label="Address in the app"
						onInput={(event) => setPath(event.currentTarget.value)}
					/>
					<a
						class="button quiet square"
						{...(isRunning && { href: frameUrl(absolute(path)) })}
						target="_blank"
						rel="noopener"
						title="Open in a new tab"
					>
						<NewTabIcon />
						<span class="visually-hidden">Open the app's page in a new tab</span>
					</a>
				</form>
				<WholeButton panel="app" of="the app" />
			</div>
			<div class="panel-body app-body">
				<iframe
					ref={setFrame}
					title="The app"
					onLoad={() => {
						const shown = pathInFrame(frameUrl('/'));
						isBlank.value = isEmptyFrame();
						if (shown === undefined) return;
						isShown.value = true;
						last.current = shown;
						setPath(shown);
					}}
				/>
				{(phase.value === 'starting' || phase.value === 'preparing') && <StartPanel />}
				{phase.value === 'blocked' && (
					<div class="start" role="alert">
						<p class="start-title">{obstacle.value}</p>
						<p class="fine">You can still read and edit the code, share it and download it.</p>
					</div>
				)}
				{phase.value === 'failed' && (
					<div class="banner" data-tone="error" role="alert">
						<p>{failure.value}</p>
						<button type="button" onClick={() => void run()}>
							Run again
						</button>
					</div>
				)}
				{isRunning && frameObstacle.value !== '' && (
					<div class="start" role="alert">
						<p class="start-title">The app runs, but this frame cannot show it.</p>
						<p>{frameObstacle.value}</p>
						<p class="fine">Requests, sidekicks and the timeline work all the same.</p>
					</div>
				)}
				{isRunning && frameObstacle.value === '' && isBlank.value && <WaitNote />}
				{isRunning && <StuckBar />}
			</div>
		</section>
	);
}

/** The scenario that the frame showed last. */
let shownOf = '';

/** Where the app answers with a file: below its root, a script has a path of its own. */
function pathOf(file: string): string {
	const root = `${settings.peek().root}/`;
	return file.startsWith(root) && file.endsWith('.php') ? file.slice(root.length - 1) : FIRST_PATH;
}

function absolute(path: string): string {
	return path.startsWith('/') ? path : `/${path}`;
}
