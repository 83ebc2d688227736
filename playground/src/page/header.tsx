import type { ComponentType } from 'preact';
import { useState } from 'preact/hooks';
import { IconButton } from '../icons/icon-button.tsx';
import { DarkIcon, DownloadIcon, LightIcon, OpenIcon, SettingsIcon, ShareIcon, SystemIcon } from '../icons/icons.tsx';
import { download } from './download.ts';
import { OpenDialog } from './open-dialog.tsx';
import { nextTheme, theme } from './preferences.ts';
import { scenarios } from './scenarios.ts';
import { SettingsDialog } from './settings-dialog.tsx';
import { ShareDialog } from './share-dialog.tsx';
import { SidekickDialog } from './sidekick-dialog.tsx';
import { original, PROJECT, scenario } from './workspace.ts';

const DIALOGS = { about: SidekickDialog, open: OpenDialog, settings: SettingsDialog, share: ShareDialog };
const THEME_ICONS = { system: SystemIcon, light: LightIcon, dark: DarkIcon };

/** The name, the scenario and its two sentences, and what is done with the whole app. */
export function Header() {
	const [dialog, setDialog] = useState<keyof typeof DIALOGS>();
	const Shown = dialog && DIALOGS[dialog];
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
						{scenario.value.name === PROJECT && <option value={PROJECT}>{scenario.value.title}</option>}
						{scenarios.map(({ name, title }) => (
							<option key={name} value={name}>
								{title}
							</option>
						))}
					</select>
				</label>
				<span class="spring" />
				<Action icon={OpenIcon} label="Open" onClick={() => setDialog('open')} />
				<Action icon={SettingsIcon} label="Settings" onClick={() => setDialog('settings')} />
				<Action icon={ShareIcon} label="Share" onClick={() => setDialog('share')} />
				<Action
					icon={DownloadIcon}
					label="Download"
					title="The app as a zip that runs as it is"
					onClick={() => void download()}
				/>
				<IconButton
					icon={ThemeIcon}
					onClick={nextTheme}
					title={`Colours: ${theme.value}`}
					label={`Colours: ${theme.value}. Change`}
				/>
			</div>
			<Watch onAbout={() => setDialog('about')} />
			{Shown && <Shown onClose={() => setDialog(undefined)} />}
		</header>
	);
}

type ActionProps = { icon: ComponentType; label: string; title?: string; onClick: () => void };

/** A button whose words only a wide page has room for. */
function Action({ icon: Icon, label, title, onClick }: ActionProps) {
	return (
		<button type="button" class="quiet" title={title ?? label} onClick={onClick}>
			<Icon />
			<span class="wide-only">{label}</span>
			<span class="visually-hidden narrow-only">{label}</span>
		</button>
	);
}

/** What to watch; collapsed on a narrow page. */
function Watch({ onAbout }: { onAbout: () => void }) {
	const [whole, setWhole] = useState(false);
	return (
		<div class="watch" data-whole={whole}>
			<p>{scenario.value.watch}</p>
			<button type="button" class="link whole-watch" aria-expanded={whole} onClick={() => setWhole(!whole)}>
				{whole ? 'less' : 'more'}
			</button>
			<button type="button" class="link about-link" onClick={onAbout}>
				What is a sidekick?
			</button>
		</div>
	);
}

function choose(name: string): void {
	if (name === scenario.value.name && original.value === scenario.value.files) return;
	// The page learns of it as of any link; the browser's back button leads back.
	location.hash = name;
}
