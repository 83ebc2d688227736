import { phpBytes } from 'igor:build';
import { useState } from 'preact/hooks';
import { IconButton } from '../icons/icon-button.tsx';
import { AddIcon, DeleteIcon } from '../icons/icons.tsx';
import { MOST_THREADS, SETTINGS_FILE } from '../share/settings.ts';
import { Dialog } from './dialog.tsx';
import { bytes } from './figures.ts';
import { run } from './runtime.ts';
import { draftOf, type SettingsDraft, settingsOfDraft } from './settings-draft.ts';
import { changeSettings, phpVersion, scenario, settings } from './workspace.ts';

/** How the app is served. */
export function SettingsDialog({ onClose }: { onClose: () => void }) {
	const [draft, setDraft] = useState(() => draftOf(settings.value, phpVersion.value));
	const [problem, setProblem] = useState('');
	const change = (part: Partial<SettingsDraft>) => setDraft({ ...draft, ...part });
	return (
		<Dialog title="Settings" kind="settings" onClose={onClose}>
			<form
				class="settings-form"
				onSubmit={(event) => {
					event.preventDefault();
					const reading = settingsOfDraft(draft, settings.value, scenario.value.settings);
					if ('sentence' in reading) return setProblem(reading.sentence);
					changeSettings(reading.settings);
					onClose();
					void run();
				}}
			>
				<label>
					<span>PHP</span>
					<select value={draft.php} onChange={(event) => change({ php: event.currentTarget.value })}>
						{Object.entries(phpBytes).map(([version, size]) => (
							<option key={version} value={version}>
								{version} ({bytes(size)})
							</option>
						))}
					</select>
				</label>
				<Text label="Document root" value={draft.root} onValue={(root) => change({ root })} />
				<Text
					label="Sidekicks’ entrypoint"
					value={draft.sidekickEntrypoint}
					placeholder="none; for example bin/console"
					onValue={(sidekickEntrypoint) => change({ sidekickEntrypoint })}
				/>
				<Count label="Threads for classic requests" value={draft.threads} onValue={(threads) => change({ threads })} />
				<Count
					label="Seconds per request; 0 = no limit"
					value={draft.timeLimit}
					onValue={(timeLimit) => change({ timeLimit })}
				/>
				<fieldset>
					<legend>Workers</legend>
					{draft.workers.map((worker, index) => {
						const put = (part: Partial<typeof worker>) =>
							change({ workers: draft.workers.map((one, at) => (at === index ? { ...one, ...part } : one)) });
						return (
							<div class="field-row" key={index}>
								<input
									type="text"
									aria-label="Script of the worker"
									value={worker.file}
									placeholder="public/index.php"
									spellcheck={false}
									onInput={(event) => put({ file: event.currentTarget.value })}
								/>
								<input
									type="number"
									aria-label={`Threads of ${worker.file || 'the worker'}`}
									min={1}
									max={MOST_THREADS}
									value={worker.num}
									onInput={(event) => put({ num: event.currentTarget.valueAsNumber })}
								/>
								<IconButton
									icon={DeleteIcon}
									label={`Remove the worker ${worker.file}`}
									onClick={() => change({ workers: draft.workers.filter((_, at) => at !== index) })}
								/>
							</div>
						);
					})}
					<button
						type="button"
						class="quiet"
						onClick={() => change({ workers: [...draft.workers, { file: '', num: 2 }] })}
					>
						<AddIcon /> Add a worker
					</button>
				</fieldset>
				<label class="tall">
					<span>php.ini</span>
					<textarea
						rows={3}
						value={draft.ini}
						placeholder="memory_limit = 64M"
						spellcheck={false}
						onInput={(event) => change({ ini: event.currentTarget.value })}
					/>
				</label>
				<p class="problem" role="alert">
					{problem}
				</p>
				<p class="fine">
					What differs from the scenario is kept in {SETTINGS_FILE}, a file of the app. Browsers load no further
					extensions of PHP.
				</p>
				<div class="field-row">
					<span class="spring" />
					<button type="button" onClick={onClose}>
						Cancel
					</button>
					<button type="submit" class="primary">
						Save and run
					</button>
				</div>
			</form>
		</Dialog>
	);
}

function Text(props: { label: string; value: string; placeholder?: string; onValue: (value: string) => void }) {
	return (
		<label>
			<span>{props.label}</span>
			<input
				type="text"
				value={props.value}
				placeholder={props.placeholder}
				spellcheck={false}
				autocomplete="off"
				onInput={(event) => props.onValue(event.currentTarget.value)}
			/>
		</label>
	);
}

function Count(props: { label: string; value: number; onValue: (value: number) => void }) {
	return (
		<label>
			<span>{props.label}</span>
			<input
				type="number"
				min={0}
				value={props.value}
				onInput={(event) => props.onValue(event.currentTarget.valueAsNumber)}
			/>
		</label>
	);
}
