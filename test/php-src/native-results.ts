import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TestResult } from './run-test.ts';

const FOLDER = fileURLToPath(new URL('../../.cache/php-src', import.meta.url));

type Kept = { version: string; results: Record<string, TestResult['result']> };

/** What native PHP has made of the tests, kept for as long as it stays the same. */
export class NativeResults {
	readonly #kept: Kept;
	readonly #file: string;

	/** @param version of native PHP, and what it is made of */
	constructor(version: string) {
		this.#file = `${FOLDER}/native-${version.split('.', 2).join('.')}.json`;
		let kept: Kept | undefined;
		try {
			kept = JSON.parse(readFileSync(this.#file, 'utf8')) as Kept;
		} catch {
			// There is none yet.
		}
		this.#kept = kept?.version === version ? kept : { version, results: {} };
	}

	get(test: string): TestResult['result'] | undefined {
		return this.#kept.results[test];
	}

	set(test: string, result: TestResult['result']): void {
		this.#kept.results[test] = result;
	}

	save(): void {
		mkdirSync(FOLDER, { recursive: true });
		writeFileSync(this.#file, JSON.stringify(this.#kept));
	}
}

const reportFile = (name: string): string => `${FOLDER}/${name}.json`;

/** What keepReport() has kept under a name; nothing if there is none. */
export function readReport<Entry>(name: string): Entry[] {
	const file = reportFile(name);
	return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Entry[]) : [];
}

/** Keeps what a run has seen, for whoever looks into its failures. @returns the file */
export function keepReport(name: string, report: readonly unknown[]): string {
	mkdirSync(FOLDER, { recursive: true });
	const file = reportFile(name);
	writeFileSync(file, JSON.stringify(report, null, '\t'));
	return file;
}
