import { useState } from 'preact/hooks';
import { Dialog } from './dialog.tsx';
import { openBlank, openFiles, openUrl } from './open-project.ts';

/** Begins a project, or brings one along. */
export function OpenDialog({ onClose }: { onClose: () => void }) {
	const [url, setUrl] = useState('');
	const [problem, setProblem] = useState('');
	const [busy, setBusy] = useState(false);
	const attempt = async (work: () => Promise<void>) => {
		setBusy(true);
		setProblem('');
		try {
			await work();
			onClose();
		} catch (error) {
			setProblem(error instanceof Error ? error.message : String(error));
		}
		setBusy(false);
	};
	const choose = (event: Event & { currentTarget: HTMLInputElement }) => {
		const { files } = event.currentTarget;
		if (files === null || files.length === 0) return;
		void attempt(() => openFiles(files));
	};
	return (
		<Dialog title="Open a project" kind="open" onClose={onClose}>
			<p>It stays in this browser: nothing is sent to a server. You can also drop a zip or a folder on the page.</p>
			<div class="field-row choices">
				<label class="button">
					<input type="file" accept=".zip,application/zip" class="visually-hidden" disabled={busy} onChange={choose} />A
					zip …
				</label>
				<label class="button">
					<input
						type="file"
						class="visually-hidden"
						disabled={busy}
						onChange={choose}
						ref={(input) => input?.setAttribute('webkitdirectory', '')}
					/>
					A folder …
				</label>
				<button
					type="button"
					disabled={busy}
					onClick={() => {
						openBlank();
						onClose();
					}}
				>
					Blank project
				</button>
			</div>
			<form
				class="field-row"
				onSubmit={(event) => {
					event.preventDefault();
					void attempt(() => openUrl(url));
				}}
			>
				<input
					type="text"
					inputMode="url"
					value={url}
					placeholder="https://example.org/app.zip"
					aria-label="Address of a zip"
					spellcheck={false}
					onInput={(event) => setUrl(event.currentTarget.value)}
				/>
				<button type="submit" disabled={busy || url.trim() === ''}>
					{busy ? 'Loading …' : 'Load'}
				</button>
			</form>
			<p class="problem" role="alert">
				{problem}
			</p>
		</Dialog>
	);
}
