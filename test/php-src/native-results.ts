import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TestResult } from './run-test.ts';

const FOLDER = fileURLToPath(new URL('../../.cache/php-src', import.meta.url));
const FILE = `${FOLDER}/native.json`;

type Kept = { version: string; results: Record<string, TestResult['result']> };

/** What native PHP has made of the tests, kept for as long as it stays the same. */
export class NativeResults {
	readonly #kept: Kept;

	/** @param version of native PHP, and what it is made of */
	constructor(version: string) {
		let kept: Kept | undefined;
		try {
			kept = JSON.parse(readFileSync(FILE, 'utf8')) as Kept;
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
		writeFileSync(FILE, JSON.stringify(this.#kept));
	}
}

/** Keeps what a run has seen, for whoever looks into its failures. @returns the file */
export function keepReport(name: string, report: unknown): string {
	mkdirSync(FOLDER, { recursive: true });
	const file = `${FOLDER}/${name}.json`;
	writeFileSync(file, JSON.stringify(report, null, '\t'));
	return file;
}
