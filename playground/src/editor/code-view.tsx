import { useEffect, useRef, useState } from 'preact/hooks';
import { phpErrors } from '../page/php-errors.ts';
import { firstPage } from '../page/runtime.ts';
import { editFile, scenario, shownFiles } from '../page/workspace.ts';
import type { CodeEditor } from './code-editor.ts';

/** The code of one file. Until the editor is loaded, or if it cannot be, a plain text field has to do. */
export function CodeView({ name }: { name: string }) {
	const place = useRef<HTMLDivElement>(null);
	const [editor, setEditor] = useState<CodeEditor>();
	const content = shownFiles.value[name] ?? '';

	useEffect(() => {
		let isGone = false;
		let made: CodeEditor | undefined;
		// The editor is most of the page's code, and PHP should come first.
		firstPage().then(async () => {
			const loaded = await import('./code-editor.ts').catch(() => undefined);
			if (isGone || place.current === null || loaded === undefined) return;
			made = new loaded.CodeEditor(place.current, editFile);
			setEditor(made);
		});
		return () => {
			isGone = true;
			made?.destroy();
		};
	}, []);
	// Another scenario has different files with the same names.
	useEffect(() => editor?.forget(), [editor, scenario.value]);
	// The newest content, not the rendered one: the visitor may have kept typing.
	useEffect(() => editor?.show(name, shownFiles.peek()[name] ?? ''), [editor, name, content]);

	const errors = phpErrors.value.get(name);
	useEffect(() => editor?.mark(errors ?? []), [editor, name, errors]);

	return (
		<div class="code-view" ref={place}>
			{editor === undefined && (
				<textarea
					class="plain-code"
					aria-label={name}
					value={content}
					spellcheck={false}
					wrap="off"
					onInput={(event) => editFile(name, event.currentTarget.value)}
				/>
			)}
		</div>
	);
}
