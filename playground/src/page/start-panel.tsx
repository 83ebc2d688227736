import { phpBytes as phpBytesOf } from 'igor:build';
import { useRef } from 'preact/hooks';
import { StopIcon } from '../icons/icons.tsx';
import { bytes, duration } from './figures.ts';
import { progress } from './php.ts';
import { LOOKS_STUCK } from './running-requests.ts';
import { phase, stopStart } from './runtime.ts';
import { useNow } from './use-now.ts';
import { phpVersion, settings } from './workspace.ts';

const STEPS = ['download', 'compile', 'threads'] as const;

/** The progress of the start; lies over the frame until the app runs. */
export function StartPanel() {
	const at = progress.value;
	const reached = at.step === 'ready' ? STEPS.length : STEPS.indexOf(at.step);
	return (
		<div class="start" role="status" aria-label="Start of the app">
			<p class="start-title">Starting PHP in this tab</p>
			<ol>
				{STEPS.map((step, index) => (
					<li key={step} data-state={index < reached ? 'done' : index === reached ? 'now' : 'later'}>
						<span>{LABELS[step]}</span>
						<span class="figures">{index === reached ? detail() : ''}</span>
						<progress max={1} value={share(index, reached)} aria-label={LABELS[step]} />
					</li>
				))}
			</ol>
			{phase.value === 'starting' && at.step === 'threads' && <SlowScripts />}
		</div>
	);
}

/** PHP runs, but the app's own scripts take long before their first request: they may never get there. */
function SlowScripts() {
	const now = useNow(500);
	const at = progress.value;
	const last = useRef({ at, since: now });
	if (last.current.at !== at) last.current = { at, since: now };
	const took = now - last.current.since;
	if (took < LOOKS_STUCK) return null;
	const scripts = settings.value.workers.map(({ file }) => file);
	return (
		<div class="slow-scripts">
			<p>
				{scripts.length === 0 ? 'PHP' : scripts.join(', ')} has been starting for {duration(took)}. An endless loop
				before the first request?
			</p>
			<button type="button" onClick={stopStart}>
				<StopIcon /> Stop
			</button>
		</div>
	);
}

const LABELS = { download: 'Download', compile: 'Compile', threads: 'PHP threads' };

/** Of the version that is being loaded. */
function phpBytes(): number {
	return phpBytesOf[phpVersion.value] ?? 0;
}

function detail(): string {
	const at = progress.value;
	if (at.step === 'threads') return `${at.ready} of ${at.total}`;
	if (at.step !== 'download' || at.loaded === 0) return '';
	// Compressed data is counted as unpacked.
	return `${bytes(at.loaded)} of ${bytes(at.total || phpBytes())}${at.total === 0 ? ' unpacked' : ''}`;
}

/** From 0 to 1; undefined = unknown. */
function share(index: number, reached: number): number | undefined {
	if (index !== reached) return index < reached ? 1 : 0;
	const at = progress.value;
	if (at.step === 'download') return Math.min(1, at.loaded / (at.total || phpBytes() || 1));
	if (at.step === 'threads') return at.total > 0 ? at.ready / at.total : 0;
	return undefined;
}
