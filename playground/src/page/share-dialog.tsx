import { useEffect, useRef, useState } from 'preact/hooks';
import { IconButton } from '../icons/icon-button.tsx';
import { CloseIcon, DownloadIcon } from '../icons/icons.tsx';
import { countOf } from '../share/difference.ts';
import { LONGEST_LINK, writeLink } from '../share/link.ts';
import { download } from './download.ts';
import { bytes, count } from './figures.ts';
import { difference, scenario } from './workspace.ts';

/** The link to the app as the visitor has made it. */
export function ShareDialog({ onClose }: { onClose: () => void }) {
	const dialog = useRef<HTMLDialogElement>(null);
	const [fragment, setFragment] = useState<string>();
	const [copied, setCopied] = useState(false);
	const edits = difference.value;

	useEffect(() => {
		dialog.current?.showModal();
	}, []);
	useEffect(() => {
		let isCurrent = true;
		writeLink({ scenario: scenario.value.name, difference: edits }).then((written) => {
			if (isCurrent) setFragment(written);
		});
		return () => {
			isCurrent = false;
		};
	}, [edits]);

	const link = fragment === undefined ? '' : `${location.href.replace(/#.*$/s, '')}#${fragment}`;
	const isTooLong = (fragment?.length ?? 0) > LONGEST_LINK;
	return (
		<dialog ref={dialog} class="share" aria-labelledby="share-title" onClose={onClose}>
			<form method="dialog" class="dialog-head">
				<h2 id="share-title">Share this app</h2>
				<IconButton icon={CloseIcon} label="Close" />
			</form>
			{isTooLong ? (
				<>
					<p role="alert">
						The edits make a link of {bytes(link.length)}, and beyond {bytes(LONGEST_LINK)} links get cut on their way.
						Download the app instead, and send the zip.
					</p>
					<button type="button" class="primary" onClick={() => void download()}>
						<DownloadIcon /> Download
					</button>
				</>
			) : (
				<>
					<p>{sentence(countOf(edits))}</p>
					<div class="field-row">
						<input
							type="text"
							readOnly
							value={link}
							aria-label="Link"
							onFocus={(event) => event.currentTarget.select()}
						/>
						<button type="button" class="primary" disabled={link === ''} onClick={() => copy(link, setCopied)}>
							{copied ? 'Copied' : 'Copy'}
						</button>
					</div>
					<p class="fine" role="status">
						{copied ? 'The link is in the clipboard. ' : ''}
						{link === '' ? ' ' : `The link has ${bytes(link.length)}; nothing is stored on a server.`}
					</p>
				</>
			)}
		</dialog>
	);
}

function sentence(changes: number): string {
	if (changes === 0) return 'The link opens this scenario. You have not changed anything in it.';
	return `The link opens this scenario with your edits: ${count(changes, 'file differs', 'files differ')}.`;
}

async function copy(link: string, tell: (copied: boolean) => void): Promise<void> {
	try {
		await navigator.clipboard.writeText(link);
		tell(true);
	} catch {
		// Forbidden: the link is selected instead, and the visitor presses the keys.
		document.querySelector<HTMLInputElement>('dialog.share input')?.select();
	}
}
