import { readFileSync } from 'node:fs';
import { PHP_VERSIONS } from '../config/values.ts';

/** One line with all the versions that matter in a bug report. */
export function versionLine(): string {
	return `igor ${packageVersion()} (PHP ${PHP_VERSIONS.join(', ')}; Node.js ${process.versions.node})`;
}

/** From package.json: one level up from dist/, two from src/cli/. */
export function packageVersion(): string {
	for (const path of ['../package.json', '../../package.json']) {
		try {
			const { name, version } = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
			if (name === 'igor-php') return version;
		} catch {
			// Missing: try the next.
		}
	}
	return 'unknown';
}
