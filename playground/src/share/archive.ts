import { strToU8, type Zippable, zipSync } from 'fflate';
import { DEFAULTS } from '../../../src/config/defaults.ts';
import type { AppFiles, AppSettings, BinaryFiles } from '../host/protocol.ts';
import { shellLine, startCommand } from './start-command.ts';

/** What goes into an archive beside the files. */
export type ArchiveFacts = {
	/** Of the scenario; names the folder and the package. */
	readonly name: string;
	readonly title: string;
	/** What to watch. */
	readonly watch: string;
	readonly settings: AppSettings;
	/** Of Igor, for package.json. */
	readonly version: string;
	/** Of the packages with a PHP that does not come with Igor. */
	readonly phpPackages?: string;
};

/** `rwxr-xr-x` and `rw-r--r--` of a regular file, as zip's Unix attributes have them. */
const EXECUTABLE = 0o100755 << 16;
const PLAIN = 0o100644 << 16;
const UNIX = 3;

/** A zip archive of one folder: the app, a README.md and a package.json whose `npm start` serves it. */
export function makeArchive(files: AppFiles, facts: ArchiveFacts, binaries: BinaryFiles = {}): Uint8Array<ArrayBuffer> {
	// The visitor's files take precedence over what we would add.
	const all: AppFiles = { 'README.md': readme(facts), 'package.json': packageJson(facts), ...files };
	const entries: Zippable = {};
	for (const [name, content] of Object.entries(all)) {
		const attrs = content.startsWith('#!') ? EXECUTABLE : PLAIN;
		entries[`${facts.name}/${name}`] = [strToU8(content), { os: UNIX, attrs: attrs >>> 0, level: 6 }];
	}
	for (const [name, content] of Object.entries(binaries)) {
		entries[`${facts.name}/${name}`] = [content, { os: UNIX, attrs: PLAIN >>> 0, level: 6 }];
	}
	return zipSync(entries) as Uint8Array<ArrayBuffer>;
}

function packageJson({ name, settings, version, phpPackages }: ArchiveFacts): string {
	const { php = DEFAULTS.phpVersion } = settings;
	const isOther = php !== DEFAULTS.phpVersion && phpPackages !== undefined;
	const content = {
		name: `igor-${name}`,
		private: true,
		scripts: { start: shellLine(startCommand(settings)) },
		dependencies: {
			...(isOther && { [`@php-wasm/node-${php.replace('.', '-')}`]: phpPackages }),
			'igor-php': `^${version}`,
			node: '^24.18.0',
		},
	};
	return `${JSON.stringify(content, null, 2)}\n`;
}

function readme({ title, watch, settings }: ArchiveFacts): string {
	const beyond = [
		(settings.sidekickEager ?? []).length > 0
			? 'The playground starts its sidekicks with the app; here the first `get_vars()` does, and `eager` in a Caddyfile would.'
			: '',
		settings.stopTimeout !== 5000
			? `The playground gives sidekicks ${settings.stopTimeout / 1000} s to stop; here they have 5 s, and \`stop_timeout\` in a Caddyfile says otherwise.`
			: '',
	].filter((sentence) => sentence !== '');
	return `# ${title}

${watch}

## Run it

\`\`\`sh
npm install
npm start
\`\`\`

and open <http://127.0.0.1:8080>. Any Node.js from 20 on does: the one that Igor needs is installed with it.
No PHP is needed. \`npm start\` is

\`\`\`sh
${shellLine(startCommand(settings))}
\`\`\`
${beyond.length > 0 ? `\n${beyond.join('\n')}\n` : ''}`;
}
