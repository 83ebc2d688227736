import { batch, computed, signal } from '@preact/signals';
import type { AppFiles } from '../host/protocol.ts';
import { applyDifference, countOf, differenceOf, NO_DIFFERENCE } from '../share/difference.ts';
import { readLink } from '../share/link.ts';
import { originOf, StoredEdits } from '../storage/edits.ts';
import { notify } from './notices.ts';
import { store } from './preferences.ts';
import { scenarioNamed, scenarios } from './scenarios.ts';

const edits = new StoredEdits(store);
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

/** What the visitor would share: all that differs from the scenario. */
export const difference = computed(() => differenceOf(scenario.value.files, files.value));
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
	const reading = await readLink(
		fragment,
		scenarios.map(({ name }) => name),
	);
	const broken = reading !== undefined && 'sentence' in reading;
	if (broken) notify('warning', reading.sentence);
	const target = reading !== undefined && 'target' in reading ? reading.target : undefined;
	const chosen = scenarioNamed(target?.scenario ?? (broken ? reading.scenario : undefined));
	const given = applyDifference(chosen.files, target?.difference ?? NO_DIFFERENCE);
	origin = target === undefined ? chosen.name : originOf(fragment.replace(/^#/, ''));
	const kept = edits.read(origin);
	document.title = `${chosen.title} · Igor playground`;
	batch(() => {
		scenario.value = chosen;
		original.value = given;
		fromLink.value = origin !== chosen.name;
		files.value = kept === undefined ? given : applyDifference(given, kept);
		writtenByApp.value = {};
		openFile.value = firstFile(files.value, chosen.open);
	});
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
