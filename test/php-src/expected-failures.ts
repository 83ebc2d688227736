import { readFileSync } from 'node:fs';

/**
 * Why tests fail. `process`: they need a second process in a way that WebAssembly has none (signals, fork). `library`: another
 * release of a library than the one bundled with PHP decides. `size`: `size_t` and pointers have 32 bits. `platform`: what
 * else a PHP without an operating system of its own lacks. `igor`: Igor could do better.
 */
export type FailureKind = 'process' | 'library' | 'size' | 'platform' | 'igor';

/** Kinds that nothing in Igor could change: these tests do not count. */
export const FOREIGN: readonly FailureKind[] = ['process', 'library', 'size'];

/** Tests that fail for the same reason. */
export type FailureGroup = {
	kind: FailureKind;
	reason: string;
	/** Of these versions of PHP only. */
	php?: string[];
	/** The thread is lost: the fault is in a library, which says the reason. */
	crashes?: true;
	tests: string[];
};

/** The tests that are known to fail, by path. */
export function readExpectedFailures(php: string): Map<string, FailureGroup> {
	const groups = JSON.parse(readFileSync(new URL('expected-failures.json', import.meta.url), 'utf8')) as FailureGroup[];
	const ofVersion = groups.filter((group) => group.php === undefined || group.php.includes(php));
	return new Map(ofVersion.flatMap((group) => group.tests.map((test) => [test, group] as const)));
}
