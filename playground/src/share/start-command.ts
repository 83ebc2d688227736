import type { AppSettings } from '../host/protocol.ts';

/** The words of `npx igor php-server …` that serve an app as the playground does. */
export function startCommand(settings: AppSettings): readonly string[] {
	return [
		...['npx', 'igor', 'php-server', '--root', settings.root],
		...settings.workers.flatMap(({ file, num }) => ['--worker', `${file},${num}`]),
		...['--threads', `${settings.threads}`],
		...(settings.sidekickEntrypoint === undefined ? [] : ['--sidekick-entrypoint', settings.sidekickEntrypoint]),
		...(settings.backgroundWorkers ?? []).flatMap(({ name, file, num }) => [
			...['--background-worker', `${name}=${file},${num}`],
		]),
		...(settings.php === undefined ? [] : ['--php', settings.php]),
		...Object.entries(settings.ini ?? {}).flatMap(([key, value]) => ['--php-ini', `${key}=${value}`]),
		...(settings.timeLimit > 0 ? ['--php-ini', `max_execution_time=${settings.timeLimit}`] : []),
	];
}

/** A command for a shell, and for npm's on any system. */
export function shellLine(words: readonly string[]): string {
	return words
		.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `"${word.replaceAll(/["$`\\]/g, '\\$&')}"`))
		.join(' ');
}
