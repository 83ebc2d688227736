import { useEffect } from 'preact/hooks';
import { ResetIcon, RunIcon } from '../icons/icons.tsx';
import { notify } from '../page/notices.ts';
import { needsRun, phase, run } from '../page/runtime.ts';
import { WholeButton } from '../page/whole-button.tsx';
import { editedNames, fromLink, openFile, resetFiles } from '../page/workspace.ts';
import { CodeView } from './code-view.tsx';
import { FileList } from './file-list.tsx';

/** The app's files and the code of one of them. */
export function EditorPanel() {
	const { changed, removed } = editedNames.value;
	const edits = changed.size + removed.length;
	useEffect(() => {
		addEventListener('keydown', runByKey, true);
		return () => removeEventListener('keydown', runByKey);
	}, []);
	return (
		<section class="panel" data-panel="code" aria-label="Code">
			<div class="panel-head">
				<h2>Code</h2>
				<span class="hint" role="status">
					{needsRun.value ? 'Run loads the changed PHP code' : ''}
				</span>
				<span class="spring" />
				<button
					type="button"
					class="quiet"
					disabled={edits === 0}
					title={fromLink.value ? 'Back to what the link shows' : 'Back to the scenario'}
					onClick={() => {
						const undo = resetFiles();
						notify('info', 'Your edits are gone.', { label: 'Undo', run: undo });
						void run();
					}}
				>
					<ResetIcon /> Reset
				</button>
				<button
					type="button"
					class="primary"
					data-asks={needsRun.value}
					disabled={phase.value === 'blocked' || phase.value === 'preparing'}
					title="Start the app anew with this code (Ctrl+Enter)"
					onClick={() => void run()}
				>
					<RunIcon /> Run
				</button>
				<WholeButton panel="code" of="the code" />
			</div>
			<div class="panel-body code">
				<FileList />
				<CodeView name={openFile.value} />
			</div>
		</section>
	);
}

/** Ctrl+Enter and Ctrl+S, with Cmd on a Mac: edits are always kept, so saving means running. */
function runByKey(event: KeyboardEvent): void {
	if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
	if (event.key !== 'Enter' && event.key !== 's') return;
	event.preventDefault();
	event.stopPropagation();
	void run();
}
