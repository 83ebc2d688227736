import { afterEach, describe, expect, test } from 'vitest';
import { PHP_VERSIONS } from '../../../src/config/values.ts';
import { cleanUp, run, writeApp } from '../../program/support/igor.ts';
import { ROLES, useRoles } from './support/roles.ts';

afterEach(cleanUp);

const FUNCTIONS = [
	...['exec', 'shell_exec', 'system', 'passthru', 'popen', 'pclose'],
	...['proc_open', 'proc_close', 'proc_get_status', 'proc_terminate', 'proc_nice'],
];
/** What would run something, as PHP code. */
const CALLS = {
	exec: 'return exec("echo hi");',
	shell_exec: 'return shell_exec("echo hi");',
	backticks: 'return `echo hi`;',
	system: 'return system("echo hi");',
	passthru: 'return passthru("echo hi");',
	popen: 'return popen("echo hi", "r");',
	'popen to write': 'return popen("cat", "w");',
	'proc_open of an array': 'return proc_open(["true"], [], $pipes);',
	'proc_open with a pty': 'return proc_open("true", [["pty"], ["pty"], ["pty"]], $pipes);',
	'proc_open with sockets': 'return proc_open("true", [["socket"]], $pipes);',
	'proc_open by reference':
		'$spec = [["pipe", "r"], ["pipe", "w"]]; foreach ($spec as &$d); return proc_open("true", $spec, $pipes);',
	'by name': 'return call_user_func("exec", "echo hi");',
};
const SENTENCE =
	'"/usr/sbin/sendmail -t -i" was not run: PHP may run no programs here. Allow it with "processes { allow sendmail }" ' +
	"in php_server, --allow-process sendmail, or serve()'s option processes.";

describe.each(PHP_VERSIONS)('PHP %s without permission', (php) => {
	const roles = useRoles({ php, phpIni: { display_errors: '0', html_errors: '0' } });

	test.each(ROLES)('%s: what runs programs does not exist', async (role) => {
		const names = FUNCTIONS.map((name) => `'${name}'`).join();
		const { value } = await roles().run(role, `return array_map('function_exists', [${names}]);`);
		expect(value).toEqual(FUNCTIONS.map(() => false));
	});

	test.each(Object.entries(CALLS))('%s is an undefined function', async (_name, code) => {
		for (const role of ['classic', 'worker'] as const) {
			const { value } = await roles().run(role, code);
			expect(value).toMatch(/^Error: Call to undefined function \w+\(\)$|^TypeError: .*"exec" not found/);
		}
	});

	test('an application may define them itself; escaping stays', async () => {
		const code = 'function exec() { return "own"; } return [exec(), escapeshellarg("a\'b"), escapeshellcmd("a;b")];';
		expect((await roles().run('classic', code)).value).toEqual(['own', "'a'\\''b'", 'a\\;b']);
	});

	test.each([
		['mail', 'return mail("a@example.org", "s", "b");'],
		['mb_send_mail', 'return mb_send_mail("a@example.org", "s", "b");'],
		['error_log', 'return error_log("m", 1, "a@example.org");'],
	])('%s() returns false and says which option allows it, any number of times', async (name, code) => {
		for (const role of ROLES) {
			const { value, warnings } = await roles().run(role, code);
			expect(value).toBe(false);
			expect(warnings.at(-1)).toBe(`${name}(): ${SENTENCE}`);
		}
		// A descriptor that stays open each time would be missed in the end.
		const { value } = await roles().run(
			'worker',
			`for ($i = 0; $i < 2000; $i++) $last = @(function () { ${code} })();
			$f = fopen(__FILE__, 'r'); return [$last, is_resource($f)];`,
		);
		expect(value).toEqual([false, true]);
		expect(roles().log.matching(SENTENCE)).not.toEqual([]);
	});

	test('arguments of mail() are checked as ever', async () => {
		expect((await roles().run('classic', 'return mail([], "s", "b");')).value).toMatch(/^TypeError: mail\(\)/);
	});

	test.each(['caption:hello', 'label:hello', 'html:x'])("ImageMagick's %s fails at once", async (what) => {
		const code = '$image = new Imagick(); $image->newPseudoImage(50, 50, $in); return "made";';
		expect((await roles().run('classic', code, what)).value).toMatch(/^ImagickException: /);
		expect(roles().log.matching('was not run: PHP may run no programs here')).not.toEqual([]);
	});

	test('php-cli: none of it exists', async () => {
		const script = `<?php echo json_encode(array_map('function_exists', ${JSON.stringify(FUNCTIONS)}));
			try { \`true\`; } catch (Error $e) { echo $e->getMessage(); } var_dump(@mail('a@example.org', 's', 'b'));`;
		const { out } = await run(['php-cli', '--php', php, 'script.php'], writeApp({ 'script.php': script }));
		expect(out).toContain(
			`${JSON.stringify(FUNCTIONS.map(() => false))}Call to undefined function shell_exec()bool(false)\n`,
		);
	});
});
