import { spawnSync } from 'node:child_process';
import { lacking } from '../../../support/lacking.ts';

/** A PHP of this machine that has SQLite; undefined = there is none. */
export const nativePhp: string | undefined = ['php', 'php8.4', 'php8.3', 'php8.2'].find((program) => {
	const { status, stdout } = spawnSync(program, ['-r', 'echo extension_loaded("pdo_sqlite");'], { encoding: 'utf8' });
	return status === 0 && stdout === '1';
});

/** Tests with a native PHP are skipped; in CI they fail. */
export const noNativePhp: boolean = lacking(
	nativePhp !== undefined || process.env.CI
		? undefined
		: 'There is no PHP with SQLite on this machine: install Debian’s php-cli and php-sqlite3.',
);
