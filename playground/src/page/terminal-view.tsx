import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { StopIcon } from '../icons/icons.tsx';
import { phase } from './runtime.ts';
import { isTerminalBusy, runLine, stopLine, terminalLines } from './terminal-state.ts';
import { terminal } from './terminal-text.ts';

/** Runs PHP's command line on the app's files: a line of code, or a script. */
export function TerminalView() {
	const [line, setLine] = useState('');
	/** Of `terminalLines`; one behind the last is what is being typed. */
	const [at, setAt] = useState(terminalLines.length);
	const output = useRef<HTMLDivElement>(null);
	const pieces = terminal.value;
	const isBusy = isTerminalBusy.value;
	useLayoutEffect(() => {
		output.current?.scrollTo(0, output.current.scrollHeight);
	}, [pieces]);
	const recall = (to: number) => {
		if (to < 0 || to > terminalLines.length) return;
		setAt(to);
		setLine(terminalLines[to] ?? '');
	};
	return (
		<div class="log">
			{/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard has to get there */}
			<div ref={output} class="records terminal" role="log" aria-label="Output of php-cli" tabIndex={0}>
				{pieces.length === 0 && <p class="empty">Code, or a script: echo PHP_VERSION, bin/console list, -m</p>}
				{pieces.map(({ kind, text }, index) => (
					<pre key={index} data-kind={kind}>
						{text}
					</pre>
				))}
			</div>
			<form
				class="field-row filters"
				onSubmit={(event) => {
					event.preventDefault();
					if (isBusy) return;
					void runLine(line);
					setLine('');
					setAt(terminalLines.length);
				}}
			>
				<code>php</code>
				<input
					type="text"
					class="path"
					aria-label="PHP code, or a script and its arguments"
					value={line}
					disabled={phase.value !== 'running'}
					spellcheck={false}
					autocomplete="off"
					autocapitalize="off"
					onInput={(event) => setLine(event.currentTarget.value)}
					onKeyDown={(event) => {
						const { key, ctrlKey, currentTarget } = event;
						if (key === 'ArrowUp') recall(at - 1);
						else if (key === 'ArrowDown') recall(at + 1);
						else if (ctrlKey && key === 'c' && currentTarget.selectionStart === currentTarget.selectionEnd) stopLine();
						else return;
						event.preventDefault();
					}}
				/>
				{isBusy ? (
					<button type="button" onClick={stopLine} title="End it at once (Ctrl+C)">
						<StopIcon /> Stop
					</button>
				) : (
					<button type="submit" disabled={phase.value !== 'running'}>
						Run
					</button>
				)}
			</form>
		</div>
	);
}
