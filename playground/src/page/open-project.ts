import { type PathFile, projectOfFiles, projectOfUrl } from '../share/bring.ts';
import type { Project } from '../share/project.ts';
import { droppedFiles } from './dropped.ts';
import { notify } from './notices.ts';
import { BLANK, PROJECT, takeProject } from './workspace.ts';

/** Shows the blank project. */
export function openBlank(): void {
	location.hash = BLANK;
}

/**
 * Shows the project in what the visitor has chosen.
 * @throws ProjectError when it cannot be used
 */
export async function openFiles(files: Iterable<File>): Promise<void> {
	const chosen = [...files].map((file): PathFile => ({ path: file.webkitRelativePath || file.name, file }));
	await open(await projectOfFiles(chosen));
}

/**
 * Shows the project in a zip of another site.
 * @throws ProjectError when it cannot be had, or used
 */
export async function openUrl(url: string): Promise<void> {
	await open(await projectOfUrl(url));
}

/** Takes zips and folders that are dropped anywhere on the page. */
export function takeDrops(): void {
	addEventListener('dragover', (event) => {
		if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
	});
	addEventListener('drop', (event) => {
		if (!event.dataTransfer?.types.includes('Files')) return;
		event.preventDefault();
		droppedFiles(event.dataTransfer.items)
			.then(async (dropped) => open(await projectOfFiles(dropped)))
			.catch((error: unknown) => notify('warning', error instanceof Error ? error.message : String(error)));
	});
}

async function open(project: Project): Promise<void> {
	await takeProject(project);
	// The page learns of it as of any link.
	if (location.hash === `#${PROJECT}`) dispatchEvent(new HashChangeEvent('hashchange'));
	else location.hash = PROJECT;
}
