import { useEffect, useState } from 'preact/hooks';
import { EditorPanel } from '../editor/editor-panel.tsx';
import { writeLink } from '../share/link.ts';
import { AppPanel } from './app-panel.tsx';
import { wholePage } from './embedded.ts';
import { Notices } from './notices-view.tsx';
import { linkTarget } from './workspace.ts';

/** What `?embed` shows: code and app, and a way to the rest. */
export function EmbeddedPage() {
	const target = linkTarget.value;
	const [link, setLink] = useState(location.hash);
	useEffect(() => {
		writeLink(target).then((fragment) => {
			if (target === linkTarget.peek()) setLink(`#${fragment}`);
		});
	}, [target]);
	return (
		<>
			<main class="embedded">
				<EditorPanel />
				<AppPanel />
			</main>
			<footer class="embedded-foot">
				<a href={wholePage() + link} target="_blank" rel="noopener">
					Open in the Igor playground
				</a>
			</footer>
			<Notices />
		</>
	);
}
