import { readFileSync } from 'node:fs';

/** The tests of the sample: fixed, so that every run is about the same ones. */
export function sampleTests(): string[] {
	return readFileSync(new URL('sample.txt', import.meta.url), 'utf8')
		.split('\n')
		.filter((line) => line !== '');
}
