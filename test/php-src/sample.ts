import { readFileSync } from 'node:fs';

/** Written by choose-sample.ts. */
export const SAMPLE_FILE = new URL('sample.txt', import.meta.url);

/** The tests of the sample: fixed, so that every run is about the same ones. */
export function sampleTests(): string[] {
	return readFileSync(SAMPLE_FILE, 'utf8').trim().split('\n');
}
