import { useEffect, useState } from 'preact/hooks';
import { DownloadIcon } from '../icons/icons.tsx';
import { countOf } from '../share/difference.ts';
import { LONGEST_LINK, writeLink } from '../share/link.ts';
import { Dialog } from './dialog.tsx';
import { download } from './download.ts';
import { bytes, count } from './figures.ts';
import { binaries, linkTarget } from './workspace.ts';

/** The link to the app as the visitor has made it. */
export function ShareDialog({ onClose }: { onClose: () => void }) {
	const [fragment, setFragment] = useState<string>();
	const [copied, setCopied] = useState(false);
	const target = linkTarget.value;
	const left = Object.keys(binaries.value).length;

	useEffect(() => {
		let isCurrent = true;
		writeLink(target).then((written) => {
			if (isCurrent) setFragment(written);
		});
		return () => {
			isCurrent = false;
		};
	}, [target]);

	const link = fragment === undefined ? '' : `${location.href.replace(/#.*$/s, '')}#${fragment}`;
	const isTooLong = (fragment?.length ?? 0) > LONGEST_LINK;
	return (
		<Dialog title="Share this app" kind="share" onClose={onClose}>
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
					<p>
						{sentence(countOf(target.difference))}
						{left > 0 && ` A link holds text only: ${count(left, 'file is', 'files are')} left out.`}
					</p>
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
		</Dialog>
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
