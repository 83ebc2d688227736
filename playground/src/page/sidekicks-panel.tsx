import { useEffect, useRef } from 'preact/hooks';
import type { SidekickView, SnapshotVariable } from '../host/protocol.ts';
import { IconButton } from '../icons/icon-button.tsx';
import { ReloadIcon, StopIcon } from '../icons/icons.tsx';
import { age, bytes } from './figures.ts';
import { phase, restartSidekick, sidekicks, stopSidekick } from './runtime.ts';
import { useNow } from './use-now.ts';
import { WholeButton } from './whole-button.tsx';

/** What each sidekick published last, and its state. */
export function SidekicksPanel() {
	const all = sidekicks.value;
	return (
		<section class="panel" data-panel="sidekicks" aria-label="Sidekicks">
			<div class="panel-head">
				<h2>Sidekicks</h2>
				<span class="spring" />
				<span class="figures">{all.length > 0 ? all.length : ''}</span>
				<WholeButton panel="sidekicks" of="the sidekicks" />
			</div>
			<div class="panel-body sidekicks">
				{all.length === 0 && (
					<p class="empty">
						{phase.value === 'running'
							? 'No sidekick runs. The first request that reads one starts it.'
							: 'What sidekicks publish appears here.'}
					</p>
				)}
				{all.map((sidekick) => (
					<Sidekick key={sidekick.name} sidekick={sidekick} />
				))}
			</div>
		</section>
	);
}

function Sidekick({ sidekick }: { sidekick: SidekickView }) {
	const { name, state, version, variables, lastError, readersWaiting, restarts, size } = sidekick;
	return (
		<article class="sidekick" aria-label={`Sidekick ${name}`}>
			<header>
				<h3>{name}</h3>
				<span class="state" data-state={state}>
					{state}
				</span>
				<span class="spring" />
				<IconButton icon={ReloadIcon} title="Restart" label={`Restart ${name}`} onClick={() => restartSidekick(name)} />
				<IconButton icon={StopIcon} title="Stop" label={`Stop ${name}`} onClick={() => stopSidekick(name)} />
			</header>
			<p class="facts">
				{version > 0 ? (
					<>
						<span title="Of the snapshot; it grows with each change">version {version}</span>
						<Age since={sidekick.lastPublication} />
						<span>{bytes(size)}</span>
					</>
				) : (
					<span>has not published yet</span>
				)}
				{restarts > 0 && <span>restarted {restarts} ×</span>}
				{readersWaiting > 0 && (
					<span class="waiting">
						{readersWaiting} {readersWaiting === 1 ? 'reader waits' : 'readers wait'}
					</span>
				)}
			</p>
			{lastError !== undefined && state !== 'ready' && <p class="php-error">{lastError}</p>}
			{variables.length > 0 && (
				<table class="variables">
					<tbody>
						{variables.map((variable) => (
							<Variable key={variable.key} variable={variable} />
						))}
					</tbody>
				</table>
			)}
		</article>
	);
}

/** A value that has just changed lights up once. */
function Variable({ variable: { key: name, value, size } }: { variable: SnapshotVariable }) {
	const cell = useRef<HTMLTableCellElement>(null);
	const before = useRef(value);
	useEffect(() => {
		if (before.current !== value) cell.current?.animate?.(FLASH, { ...FLASHING, duration: calm.matches ? 0 : 900 });
		before.current = value;
	}, [value]);
	return (
		<tr>
			<th scope="row">{name}</th>
			<td ref={cell} title={bytes(size)}>
				{value === '' ? <span class="fine">empty</span> : value}
			</td>
		</tr>
	);
}

const calm = matchMedia('(prefers-reduced-motion: reduce)');
/** Of a ground with the colour, which stands in the style sheet: in keyframes Chromium takes the light one of two. */
const FLASH = { opacity: [1, 0] };
const FLASHING = { pseudoElement: '::before', easing: 'ease-out' };

function Age({ since }: { since: number | undefined }) {
	const now = useNow(100);
	return since === undefined ? null : <span class="age">{age(now - since)} old</span>;
}
