import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { matches } from './expectation.ts';
import { type Php, type PhpRun, type PlannedTest, scriptFile, sideInvocation, testInvocation } from './invocation.ts';
import { isFlaky, neededExtensions, otherSapi, readPhpt, trim } from './phpt.ts';

/** What came of a test. `skipped` has the reason in `detail`, the others what was seen. */
export type TestResult = {
	result: 'passed' | 'failed' | 'crashed' | 'hung' | 'skipped';
	detail?: string;
	output?: string;
};

/** Runs tests of one folder on one PHP. */
export class TestRun {
	readonly #php: Php;
	/** Runs CLEAN sections: the fastest. */
	readonly #cleaner: Php;
	readonly #folder: string;
	readonly #asksFirst: boolean;
	readonly #skips = new Map<string, Promise<string>>();

	/** @param asksFirst run SKIPIF before the test, not only once it has failed */
	constructor(php: Php, cleaner: Php, folder: string, asksFirst: boolean) {
		this.#php = php;
		this.#cleaner = cleaner;
		this.#folder = folder;
		this.#asksFirst = asksFirst;
	}

	/** @param path of the test in the folder */
	async run(path: string): Promise<TestResult> {
		const test = this.#plan(path);
		if ('result' in test) return test;
		const first = await this.#runOnce(path, test);
		const mayPass = first.result === 'failed' || first.result === 'hung';
		return mayPass && isFlaky(test.sections, first.output) ? this.#runOnce(path, test) : first;
	}

	#plan(path: string): PlannedTest | TestResult {
		const file = join(this.#folder, path);
		try {
			const sections = readPhpt(file);
			const sapi = otherSapi(sections);
			if (sapi !== undefined) return { result: 'skipped', detail: sapi };
			const extensions = neededExtensions(path, sections);
			const missing = extensions.find((name) => !this.#php.extensions.has(name));
			if (missing !== undefined) return { result: 'skipped', detail: `there is no ${missing}` };
			return { file, sections, php: this.#php, extensions };
		} catch (error) {
			return { result: 'failed', detail: `no test: ${(error as Error).message}` };
		}
	}

	async #runOnce(path: string, test: PlannedTest): Promise<TestResult> {
		const { file, sections } = test;
		if (this.#asksFirst) {
			const reason = await this.#skipReason(path, test);
			if (reason !== undefined) return { result: 'skipped', detail: reason };
		}
		const script = scriptFile(file, 'php');
		writeFileSync(script, sections.get('FILE') ?? '', 'latin1');
		const run = await this.#php.run(testInvocation(test));
		const result = judge(test, run);
		if (sections.get('CLEAN')) await this.#clean(test);
		rmSync(script, { force: true });
		if (result.result === 'failed' && !this.#asksFirst) {
			const reason = await this.#skipReason(path, test);
			if (reason !== undefined) return { result: 'skipped', detail: reason };
		}
		return result;
	}

	/** Why SKIPIF leaves the test out; undefined = it does not. */
	async #skipReason(path: string, test: PlannedTest): Promise<string | undefined> {
		const code = test.sections.get('SKIPIF');
		if (!code) return undefined;
		const key = `${path.replace(/[^/]*$/, '')}\n${test.extensions.join()}\n${test.sections.get('ENV')}\n${code}`;
		let asking = this.#skips.get(key);
		if (asking === undefined) {
			asking = this.#askSkip(test, code);
			this.#skips.set(key, asking);
		}
		const answer = await asking;
		if (/^(?:skip|xfail)/i.test(answer)) return answer.replace(/^skip\s*/i, '').split('\n')[0] || 'SKIPIF says so';
		return answer === '' || /^(?:info|warn|flaky|nocache)/i.test(answer)
			? undefined
			: `SKIPIF: ${answer.slice(0, 200)}`;
	}

	async #askSkip(test: PlannedTest, code: string): Promise<string> {
		const script = scriptFile(test.file, 'skip.php');
		writeFileSync(script, code, 'latin1');
		const { output, ending, detail } = await this.#php.run(sideInvocation(test, 'skip.php'));
		rmSync(script, { force: true });
		return ending === 'exit' ? trim(output) : `${ending}: ${detail ?? ''}`;
	}

	async #clean(test: PlannedTest): Promise<void> {
		const script = scriptFile(test.file, 'clean.php');
		writeFileSync(script, trim(test.sections.get('CLEAN') ?? ''), 'latin1');
		await this.#cleaner.run(sideInvocation(test, 'clean.php'));
		rmSync(script, { force: true });
	}
}

function judge({ sections }: PlannedTest, { output, ending, detail }: PhpRun): TestResult {
	const shown = { ...(detail !== undefined && { detail }), output };
	if (ending === 'crash') return { result: 'crashed', ...shown };
	if (ending === 'timeout') return { result: 'hung', ...shown };
	try {
		if (matches(sections, output)) return { result: 'passed' };
		return { result: 'failed', ...shown };
	} catch (error) {
		return { result: 'failed', detail: String(error), output };
	}
}
