import { useEffect, useRef, useState } from 'preact/hooks';
import { IconButton } from '../icons/icon-button.tsx';
import { AddIcon, DeleteIcon, RenameIcon } from '../icons/icons.tsx';
import { notify } from '../page/notices.ts';
import {
	editedNames,
	editFile,
	openFile,
	removeFile,
	renameFile,
	shownFiles,
	writtenByApp,
} from '../page/workspace.ts';
import { problemOfNewName } from '../share/file-names.ts';

/** The app's files by folder; makes, renames and removes them. */
export function FileList() {
	const [naming, setNaming] = useState<{ from: string | undefined }>();
	const names = Object.keys(shownFiles.value).sort(byFolder);
	const open = openFile.value;

	const list = useRef<HTMLUListElement>(null);
	useEffect(() => {
		list.current?.querySelector('[aria-current="true"]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
	}, [open]);
	const isNaming = naming !== undefined;
	const named = useRef(false);
	useEffect(() => {
		// The form is gone, and the focus with it.
		if (named.current && !isNaming) list.current?.querySelector<HTMLElement>('[aria-current="true"]')?.focus();
		named.current = isNaming;
	}, [isNaming]);
	const take = (name: string) => {
		if (naming?.from === undefined) {
			editFile(name, name.endsWith('.php') ? '<?php\n\ndeclare(strict_types=1);\n\n' : '');
			openFile.value = name;
		} else if (naming.from !== name) renameFile(naming.from, name);
		setNaming(undefined);
	};
	return (
		<nav class="files" aria-label="Files">
			<div class="files-head">
				<IconButton icon={AddIcon} title="New file" label="New file" onClick={() => setNaming({ from: undefined })} />
				<IconButton
					icon={RenameIcon}
					title="Rename this file"
					label={`Rename ${open}`}
					disabled={open === ''}
					onClick={() => setNaming({ from: open })}
				/>
				<IconButton
					icon={DeleteIcon}
					title="Delete this file"
					label={`Delete ${open}`}
					disabled={open === ''}
					onClick={() => {
						const content = shownFiles.value[open] ?? '';
						removeFile(open);
						notify('info', `${open} is deleted.`, { label: 'Undo', run: () => editFile(open, content) });
					}}
				/>
			</div>
			{naming && (
				<NameForm
					initial={naming.from ?? folderOf(open)}
					others={names.filter((name) => name !== naming.from)}
					onTake={take}
					onCancel={() => setNaming(undefined)}
				/>
			)}
			<ul ref={list}>
				{names.map((name, index) => {
					const folder = folderOf(name);
					const isNew = folder !== '' && folder !== folderOf(names[index - 1] ?? '');
					return (
						<li key={name}>
							{isNew && <span class="folder">{folder}</span>}
							<button
								type="button"
								class="file"
								data-nested={folder !== ''}
								aria-current={name === open}
								title={name}
								onClick={() => {
									openFile.value = name;
								}}
							>
								<span class="file-name">{name.slice(folder.length)}</span>
								<Mark name={name} />
							</button>
						</li>
					);
				})}
			</ul>
		</nav>
	);
}

/** What has happened to a file. */
function Mark({ name }: { name: string }) {
	if (name in writtenByApp.value) {
		return (
			<span class="mark-app" title="Written by the app">
				<span class="visually-hidden">written by the app</span>
			</span>
		);
	}
	if (!editedNames.value.changed.has(name)) return null;
	return (
		<span class="mark-edited" title="Edited">
			<span class="visually-hidden">edited</span>
		</span>
	);
}

function NameForm(props: {
	initial: string;
	others: readonly string[];
	onTake: (name: string) => void;
	onCancel: () => void;
}) {
	const [name, setName] = useState(props.initial);
	const [problem, setProblem] = useState<string>();
	return (
		<form
			class="name-form"
			onSubmit={(event) => {
				event.preventDefault();
				const found = problemOfNewName(name, props.others);
				setProblem(found);
				if (found === undefined) props.onTake(name);
			}}
		>
			<input
				ref={(input) => {
					if (document.activeElement !== input) input?.focus();
				}}
				type="text"
				value={name}
				aria-label="Name of the file"
				aria-invalid={problem !== undefined}
				aria-describedby="name-problem"
				spellcheck={false}
				autocomplete="off"
				onInput={(event) => setName(event.currentTarget.value)}
				onKeyDown={(event) => {
					if (event.key === 'Escape') props.onCancel();
				}}
			/>
			<button type="submit">OK</button>
			<p id="name-problem" role="alert">
				{problem}
			</p>
		</form>
	);
}

/** `src/`, or '' for the app's root folder. */
function folderOf(name: string): string {
	return name.slice(0, name.lastIndexOf('/') + 1);
}

/** Folders first, then what lies in the app's root folder. */
function byFolder(a: string, b: string): number {
	const [folderA, folderB] = [folderOf(a), folderOf(b)];
	if (folderA === folderB) return a < b ? -1 : 1;
	if (folderA === '') return 1;
	if (folderB === '') return -1;
	return folderA < folderB ? -1 : 1;
}
