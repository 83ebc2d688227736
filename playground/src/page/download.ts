import { phpPackages, version } from 'igor:build';
import { SETTINGS_FILE } from '../share/settings.ts';
import { notify } from './notices.ts';
import { binaries, files, scenario, settings } from './workspace.ts';

/** Saves the app as a zip. The packer is only loaded now: few visitors need it. */
export async function download(): Promise<void> {
	try {
		const { makeArchive } = await import('../share/archive.ts');
		const { name, title, watch } = scenario.value;
		// Whoever opens the zip in the playground finds it served as it is now.
		const all = { ...files.value, [SETTINGS_FILE]: `${JSON.stringify(settings.value, null, 2)}\n` };
		const archive = makeArchive(
			all,
			{ name, title, watch, settings: settings.value, version, phpPackages },
			binaries.value,
		);
		save(new Blob([archive], { type: 'application/zip' }), `igor-${name}.zip`);
	} catch (error) {
		notify('warning', `The archive could not be made: ${error instanceof Error ? error.message : error}. Try again.`);
	}
}

function save(blob: Blob, name: string): void {
	const link = document.createElement('a');
	link.href = URL.createObjectURL(blob);
	link.download = name;
	link.click();
	// The browser reads it after the click; a minute is plenty.
	setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
