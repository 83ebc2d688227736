import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { batchKey, runBatch } from './batch.ts';
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
	readonly #skips = new Map<string, Promise<string>>();

	constructor(php: Php, cleaner: Php, folder: string) {
		this.#php = php;
		this.#cleaner = cleaner;
		this.#folder = folder;
	}

	/** What tests that may share a PHP have in common; see batch.ts. @param path of the test in the folder */
	batchKey(path: string): string | undefined {
		const test = this.#plan(path);
		return 'result' in test ? undefined : batchKey(test.sections);
	}

	/** Runs tests of one directory, those that can be together. */
	async runTogether(paths: readonly string[]): Promise<TestResult[]> {
		const plans = paths.map((path) => this.#plan(path));
		const together = plans.filter((test): test is PlannedTest => !('result' in test));
		const outputs = together.length > 1 ? await runBatch(this.#php, together) : [];
		const results: TestResult[] = [];
		for (const [index, path] of paths.entries()) {
			const test = plans[index] as PlannedTest | TestResult;
			const output = 'result' in test ? undefined : outputs[together.indexOf(test)];
			const passes = output !== undefined && judge(test as PlannedTest, { output, ending: 'exit' }).result === 'passed';
			// Before it runs once more, too.
			if (together.length > 1 && !('result' in test) && test.sections.get('CLEAN')) await this.#clean(test);
			results.push(passes ? { result: 'passed' } : await this.run(path));
		}
		return results;
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
		// What it keeps from running may take minutes; otherwise it is asked only when the test has failed.
		const asksFirst = (sections.get('SKIPIF') ?? '').includes('SKIP_');
		if (asksFirst) {
			const reason = await this.#skipReason(path, test);
			if (reason !== undefined) return { result: 'skipped', detail: reason };
		}
		const script = scriptFile(file, 'php');
		writeFileSync(script, sections.get('FILE') ?? '', 'latin1');
		const run = await this.#php.run(testInvocation(test));
		const result = judge(test, run);
		if (sections.get('CLEAN')) await this.#clean(test);
		rmSync(script, { force: true });
		if (result.result === 'failed' && !asksFirst) {
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
