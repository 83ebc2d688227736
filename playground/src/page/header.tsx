import { useState } from 'preact/hooks';
import { IconButton } from '../icons/icon-button.tsx';
import { DarkIcon, DownloadIcon, LightIcon, ShareIcon, SystemIcon } from '../icons/icons.tsx';
import { download } from './download.ts';
import { nextTheme, theme } from './preferences.ts';
import { scenarios } from './scenarios.ts';
import { ShareDialog } from './share-dialog.tsx';
import { original, scenario } from './workspace.ts';

const THEME_ICONS = { system: SystemIcon, light: LightIcon, dark: DarkIcon };

/** The name, the scenario and its two sentences, and what is done with the whole app. */
export function Header() {
	const [sharing, setSharing] = useState(false);
	const ThemeIcon = THEME_ICONS[theme.value];
	return (
		<header class="head">
			<div class="bar">
				<h1>
					<svg class="mark" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
						<circle cx="8" cy="10" r="6.5" />
						<circle cx="15.5" cy="5.5" r="3" />
					</svg>
					Igor <span>playground</span>
				</h1>
				<label class="chooser">
					<span class="visually-hidden">Scenario</span>
					<select value={scenario.value.name} onChange={(event) => choose(event.currentTarget.value)}>
						{scenarios.map(({ name, title }) => (
							<option key={name} value={name}>
								{title}
							</option>
						))}
					</select>
				</label>
				<span class="spring" />
				<button type="button" class="quiet" onClick={() => setSharing(true)}>
					<ShareIcon />
					<span class="wide-only">Share</span>
					<span class="visually-hidden narrow-only">Share</span>
				</button>
				<button type="button" class="quiet" onClick={() => void download()} title="The app as a zip that runs as it is">
					<DownloadIcon />
					<span class="wide-only">Download</span>
					<span class="visually-hidden narrow-only">Download</span>
				</button>
				<IconButton
					icon={ThemeIcon}
					onClick={nextTheme}
					title={`Colours: ${theme.value}`}
					label={`Colours: ${theme.value}. Change`}
				/>
			</div>
			<Watch />
			{sharing && <ShareDialog onClose={() => setSharing(false)} />}
		</header>
	);
}

/** What to watch; collapsed on a narrow page. */
function Watch() {
	const [whole, setWhole] = useState(false);
	return (
		<div class="watch" data-whole={whole}>
			<p>{scenario.value.watch}</p>
			<button type="button" class="link" aria-expanded={whole} onClick={() => setWhole(!whole)}>
				{whole ? 'less' : 'more'}
			</button>
		</div>
	);
}

function choose(name: string): void {
	if (name === scenario.value.name && original.value === scenario.value.files) return;
	// The page learns of it as of any link; the browser's back button leads back.
	location.hash = name;
}
