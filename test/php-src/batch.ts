import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Invocation, type Php, type PhpRun, type PlannedTest, scriptFile, testInvocation } from './invocation.ts';
import { isFlaky, type Sections } from './phpt.ts';

/** What php-cli prints between the runs of `--repeat`, on stdout. */
const FIRST = 'Executing for the first time...\n';
const NEXT = 'Finished execution, repeating...\n';

/** Sections that need something else around PHP. */
const AROUND = ['ENV', 'ARGS', 'STDIN', 'CAPTURE_STDIO', 'CONFLICTS'];
/** Settings with which the next script cannot take the place of the last one. */
const ALONE = /opcache|prepend|open_basedir|disable_/;

/**
 * What tests have in common that may share their PHP; undefined = this one may not. That is only to save time: PHP starts once
 * for all of them. One that fails there is run once more, by itself.
 */
export function batchKey(sections: Sections): string | undefined {
	const ini = (sections.get('INI') ?? '').trim();
	if (AROUND.some((name) => sections.has(name)) || ALONE.test(ini) || isFlaky(sections)) return undefined;
	// What SKIPIF keeps from running for minutes.
	return (sections.get('SKIPIF') ?? '').includes('SKIP_') ? undefined : ini;
}

/**
 * Runs tests of one directory one after another in one PHP, each as a request of its own: php-cli repeats a script, and at
 * the end of each run the next test takes the script's place.
 * @returns what each has printed; undefined = PHP ended before
 */
export async function runBatch(php: Php, tests: readonly PlannedTest[]): Promise<(string | undefined)[]> {
	const [first] = tests;
	if (first === undefined) return [];
	const folder = dirname(first.file);
	const batch = mkdtempSync(join(folder, '.batch-'));
	const script = join(folder, `${batch.slice(batch.lastIndexOf('-') + 1)}.php`);
	try {
		mkdirSync(join(batch, 'scripts'));
		tests.forEach(({ sections }, index) => {
			writeFileSync(join(batch, 'scripts', String(index)), sections.get('FILE') ?? '', 'latin1');
		});
		writeFileSync(script, first.sections.get('FILE') ?? '', 'latin1');
		writeFileSync(join(batch, 'number'), '1');
		const prepended = join(batch, 'prepended.php');
		writeFileSync(prepended, prependedCode(batch, script));
		const run = await php.run(repeated(testInvocation(first, script), tests.length, prepended));
		// Under its own name, as tests expect it.
		return outputsOf(run, tests.length).map((output, index) =>
			output?.replaceAll(basename(script), basename(scriptFile((tests[index] as PlannedTest).file, 'php'))),
		);
	} finally {
		rmSync(script, { force: true });
		rmSync(batch, { recursive: true, force: true });
	}
}

/** Leaves the globals as they are; the next test begins in the same folder. */
function prependedCode(batch: string, script: string): string {
	return `<?php register_shutdown_function(static function (string $folder): void {
		chdir($folder);
		$number = (int) file_get_contents('${batch}/number');
		@copy("${batch}/scripts/$number", '${script}');
		file_put_contents('${batch}/number', $number + 1);
	}, getcwd());`;
}

function repeated(invocation: Invocation, times: number, prepended: string): Invocation {
	const settings = ['--repeat', String(times), '-d', `auto_prepend_file=${prepended}`];
	const args = invocation.args.filter((arg, at, all) => !isPrepend(arg) && !isPrepend(all[at + 1]));
	return { ...invocation, args: [...settings, ...args] };
}

const isPrepend = (arg: string | undefined): boolean => arg?.startsWith('auto_prepend_file=') === true;

function outputsOf({ output, ending }: PhpRun, count: number): (string | undefined)[] {
	const parts = output.startsWith(FIRST) ? output.slice(FIRST.length).split(NEXT) : [];
	// Of the last one there may be a part only.
	if (ending !== 'exit') parts.pop();
	return Array.from({ length: count }, (_none, index) => parts[index]);
}
