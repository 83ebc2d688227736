import { batch, computed, signal } from '@preact/signals';
import { DEFAULTS } from '../../../src/config/defaults.ts';
import type { AppFiles, BinaryFiles } from '../host/protocol.ts';
import { applyDifference, countOf, differenceOf, NO_DIFFERENCE } from '../share/difference.ts';
import { type LinkTarget, readLink } from '../share/link.ts';
import type { Project } from '../share/project.ts';
import { SETTINGS_FILE, type SettingsReading, settingsFile, settingsOf } from '../share/settings.ts';
import { originOf, StoredEdits } from '../storage/edits.ts';
import { keepProject, keptProject } from '../storage/kept-project.ts';
import { embeddedFile } from './embedded.ts';
import { notify } from './notices.ts';
import { store } from './preferences.ts';
import type { Scenario } from './scenario.ts';
import { scenarioNamed, scenarios } from './scenarios.ts';

/** The fragment and the name of a project that the visitor has brought along. */
export const PROJECT = 'project';
/** The scenario to begin from nothing. */
export const BLANK = 'blank';

const edits = new StoredEdits(store);
/** The one that was brought in this tab, should the browser keep none. */
let brought: Project | undefined;
/** Under which name edits are kept, see `originOf()`. */
let origin = '';
let toldOfNoRoom = false;

/** The chosen one. */
export const scenario = signal(scenarioNamed(undefined));
/** The app as the scenario, or the link, has it: what Reset goes back to. */
export const original = signal<AppFiles>({});
/** Whether `original` came with a link. */
export const fromLink = signal(false);
/** The app as the visitor has made it. */
export const files = signal<AppFiles>({});
/** What scripts of the running app have written (undefined = removed) and the visitor has not edited since. */
export const writtenByApp = signal<Readonly<Record<string, string | undefined>>>({});
/** The file in the editor. */
export const openFile = signal('');

/** Files of a project that are not text. */
export const binaries = signal<BinaryFiles>({});
/** How the app is to be served, or what is wrong with its settings. */
export const settingsReading = computed<SettingsReading>(() => settingsOf(scenario.value.settings, files.value));
/** The same; those of the scenario while something is wrong. */
export const settings = computed(() =>
	'settings' in settingsReading.value ? settingsReading.value.settings : scenario.value.settings,
);
export const phpVersion = computed(() => settings.value.php ?? DEFAULTS.phpVersion);
/** What the visitor would share: all that differs from the scenario; a project of their own differs from the blank one. */
export const linkTarget = computed<LinkTarget>(() => {
	const { name } = scenario.value;
	if (name !== PROJECT) return { scenario: name, difference: differenceOf(scenario.value.files, files.value) };
	const blank = scenarioNamed(BLANK);
	const { [SETTINGS_FILE]: _, ...others } = files.value;
	const own = settingsFile(blank.settings, settings.value);
	const all = own === undefined ? others : { ...others, [SETTINGS_FILE]: own };
	return { scenario: blank.name, difference: differenceOf(blank.files, all) };
});
/** Files that differ from what Reset goes back to. */
export const editedNames = computed(() => {
	const { changed, removed } = differenceOf(original.value, files.value);
	return { changed: new Set(Object.keys(changed)), removed };
});
/** The app's folder as it is now: the visitor's files, and those that the app has written. */
export const shownFiles = computed<AppFiles>(() => {
	const shown: Record<string, string> = { ...files.value };
	for (const [name, content] of Object.entries(writtenByApp.value)) {
		if (content === undefined) delete shown[name];
		else shown[name] = content;
	}
	return shown;
});

/** Opens what a fragment names, with the edits that are kept for it. Tells the visitor about damaged links. */
export async function openFragment(fragment: string): Promise<void> {
	if (fragment.replace(/^#/, '') === PROJECT) {
		const project = brought ?? (await keptProject());
		if (project !== undefined) {
			show(scenarioOf(project), project.files, PROJECT, project.binaries);
			return;
		}
		notify('warning', 'This browser keeps no project of yours, or did not let the page read it. Open it again.');
		return openFragment('');
	}
	const reading = await readLink(
		fragment,
		scenarios.map(({ name }) => name),
	);
	const broken = reading !== undefined && 'sentence' in reading;
	if (broken) notify('warning', reading.sentence);
	const target = reading !== undefined && 'target' in reading ? reading.target : undefined;
	const chosen = scenarioNamed(target?.scenario ?? (broken ? reading.scenario : undefined));
	const given = applyDifference(chosen.files, target?.difference ?? NO_DIFFERENCE);
	show(chosen, given, target === undefined ? chosen.name : originOf(fragment.replace(/^#/, '')), {});
}

/** Shows an app, with the edits that are kept under this name. */
function show(chosen: Scenario, given: AppFiles, from: string, besides: BinaryFiles): void {
	origin = from;
	const kept = edits.read(origin);
	document.title = `${chosen.title} · Igor playground`;
	batch(() => {
		scenario.value = chosen;
		original.value = given;
		binaries.value = besides;
		fromLink.value = origin !== chosen.name;
		files.value = kept === undefined ? given : applyDifference(given, kept);
		writtenByApp.value = {};
		// Of a link, the file that its author has changed.
		const [only, ...others] = Object.keys(differenceOf(chosen.files, given).changed);
		const own = others.length === 0 ? (only ?? chosen.open) : chosen.open;
		openFile.value = firstFile(files.value, embeddedFile || own);
	});
}

/** Takes a project that the visitor has brought along. The page opens it by the fragment `PROJECT`. */
export async function takeProject(project: Project): Promise<void> {
	brought = project;
	// What was edited in the one before.
	edits.write(PROJECT, NO_DIFFERENCE);
	if (await keepProject(project)) return;
	notify('warning', 'The browser does not keep your project: it lives in this tab only. Download it before you leave.');
}

function scenarioOf({ title, files, settings }: Project): Scenario {
	const { root } = settings;
	return {
		name: PROJECT,
		title,
		watch: `Your project, as it lies in this tab: ${root === '.' ? 'its folder' : `the folder ${root}/`} is served, and nothing was sent anywhere. If that is not how it runs, change it under Settings.`,
		settings,
		open: root === '.' ? 'index.php' : `${root}/index.php`,
		requests: [{ label: 'The page', method: 'GET', path: '/', body: '' }],
		files,
	};
}

/** Gives the app other settings: by its `SETTINGS_FILE`. */
export function changeSettings(wanted: typeof settings.value): void {
	const content = settingsFile(scenario.value.settings, wanted);
	if (content === undefined) removeFile(SETTINGS_FILE);
	else editFile(SETTINGS_FILE, content);
}

/** Goes back to the scenario, or to the link. @returns undoes it */
export function resetFiles(): () => void {
	const before = files.value;
	setFiles(original.value);
	if (shownFiles.value[openFile.value] === undefined) openFile.value = firstFile(files.value, scenario.value.open);
	return () => setFiles(before);
}

/** The visitor gives a file this content; it may be a new one. */
export function editFile(name: string, content: string): void {
	const { [name]: _, ...others } = writtenByApp.value;
	writtenByApp.value = others;
	setFiles({ ...files.value, [name]: content });
}

/** The visitor removes a file. */
export function removeFile(name: string): void {
	const { [name]: _, ...otherWritten } = writtenByApp.value;
	const { [name]: __, ...others } = files.value;
	writtenByApp.value = otherWritten;
	setFiles(others);
	if (openFile.value === name) openFile.value = firstFile(shownFiles.value);
}

/** Counts as a new file and a removed one. */
export function renameFile(from: string, to: string): void {
	const content = shownFiles.value[from] ?? '';
	batch(() => {
		removeFile(from);
		editFile(to, content);
		openFile.value = to;
	});
}

/** The app has written or removed files. */
export function noteWrites(changed: Readonly<Record<string, string | undefined>>): void {
	const written = { ...writtenByApp.value };
	for (const [name, content] of Object.entries(changed)) {
		if (files.value[name] === content) delete written[name];
		else written[name] = content;
	}
	writtenByApp.value = written;
	if (shownFiles.value[openFile.value] === undefined) openFile.value = firstFile(shownFiles.value);
}

function setFiles(next: AppFiles): void {
	files.value = next;
	const own = differenceOf(original.value, next);
	if (!edits.write(origin, own) && countOf(own) > 0 && !toldOfNoRoom) {
		toldOfNoRoom = true;
		notify(
			'warning',
			'The browser has no room for your edits: they are kept in this tab only. Share or download them.',
		);
	}
}

/** Where reading begins. */
function firstFile(among: AppFiles, preferred?: string): string {
	if (preferred !== undefined && preferred in among) return preferred;
	const names = Object.keys(among).sort();
	return names.find((name) => name.endsWith('.php')) ?? names[0] ?? '';
}
