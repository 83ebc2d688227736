import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sectionsOf } from './phpt.ts';

/** Those that must run alone name it. */
const ALL = 'all';

/** What tests must not run beside: keys that they share. `folder`: of the tests. */
export function conflictsOf(folder: string, path: string): string[] {
	const section = sectionsOf(join(folder, path)).get('CONFLICTS') ?? '';
	const ofFolder = join(folder, dirname(path), 'CONFLICTS');
	const shared = existsSync(ofFolder) ? readFileSync(ofFolder, 'utf8') : '';
	const lines = `${section}\n${shared}`.split('\n').map((line) => line.replace(/#.*/, '').trim());
	return lines.filter((line) => line !== '');
}

/** Runs each test once, `lanes` at a time, none beside one that it conflicts with. */
export async function runAll(
	tests: readonly string[],
	lanes: number,
	conflicts: (test: string) => string[],
	run: (test: string) => Promise<void>,
): Promise<void> {
	const left = tests.map((test) => ({ test, keys: conflicts(test) }));
	const running = new Map<Promise<void>, string[]>();
	const mayRun = (keys: readonly string[]): boolean => {
		const taken = [...running.values()].flat();
		if (keys.includes(ALL)) return running.size === 0;
		return !taken.includes(ALL) && !keys.some((key) => taken.includes(key));
	};
	while (left.length > 0 || running.size > 0) {
		while (running.size < lanes) {
			const next = left.findIndex(({ keys }) => mayRun(keys));
			if (next < 0) break;
			const [{ test, keys } = { test: '', keys: [] }] = left.splice(next, 1);
			const promise: Promise<void> = run(test).finally(() => running.delete(promise));
			running.set(promise, keys);
		}
		await Promise.race(running.keys());
	}
}
