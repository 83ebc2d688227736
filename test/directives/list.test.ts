import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { ALL_DIRECTIVES, DIRECTIVE_ORDER, listedDirective } from '../../src/directives/list.ts';
import { adapt, refusal } from '../caddyfile/support.ts';

/** Two that are one idea. */
const TOGETHER: Readonly<Record<string, string>> = { handle_path: 'handle' };

/** Each directive takes one of them. */
const ARGUMENTS = [
	'',
	'localhost:80',
	'{path} {x}',
	'* x',
	'-A',
	'strip_prefix /a',
	'{\n}',
	'/a/* {\n}',
	'{\n bob x\n}',
];

const kindOf = (name: string) => listedDirective(name)?.kind;
const SERVED = ALL_DIRECTIVES.filter((name) => kindOf(name) === 'step' || kindOf(name) === 'site');

describe('the list of directives', () => {
	test.each(SERVED)('%s has a file with its reader, and a test, by the rule of names', async (name) => {
		const file = (TOGETHER[name] ?? name).replaceAll('_', '-');
		const reader = listedDirective(name) as { read: (...args: never[]) => unknown };
		const module: Record<string, unknown> = await import(`../../src/directives/${file}.ts`);
		expect(Object.values(module)).toContain(reader.read);
		expect(existsSync(fileURLToPath(new URL(`${file}.test.ts`, import.meta.url)))).toBe(true);
	});

	test.each(
		SERVED.filter((name) => kindOf(name) === 'step'),
	)('%s is listed by the name that it has when it is read', (name) => {
		const types = ARGUMENTS.flatMap((args) => {
			try {
				return adapt(`:80 {\n${name} ${args}\n}`).sites[0]?.directives.map(({ type }) => type) ?? [];
			} catch {
				return [];
			}
		});
		expect(new Set(types)).toEqual(new Set([name]));
	});

	test('has the order of Caddy, without what is about the whole site', () => {
		expect(DIRECTIVE_ORDER.indexOf('root')).toBeLessThan(DIRECTIVE_ORDER.indexOf('header'));
		expect(DIRECTIVE_ORDER.indexOf('php_server')).toBe(DIRECTIVE_ORDER.indexOf('file_server') - 1);
		for (const name of SERVED) expect(DIRECTIVE_ORDER.includes(name)).toBe(kindOf(name) === 'step');
		expect(new Set(ALL_DIRECTIVES).size).toBe(ALL_DIRECTIVES.length);
	});

	test.each(ALL_DIRECTIVES.filter((name) => kindOf(name) === 'refused'))('%s is refused by its name', (name) => {
		const error = refusal(() => adapt(`:80 {\n ${name} x\n}`));
		expect(error).toMatchObject({ code: 'unsupported', position: { line: 2, column: 2 } });
		expect(error.message).toContain(`the directive '${name}' is not supported by Igor`);
	});

	test('offers the nearest name for an unknown one, and what to write for a refused one', () => {
		expect(refusal(() => adapt(':80 {\n repond x\n}')).suggestion).toBe('respond');
		expect(refusal(() => adapt(':80 {\n php_fastcgi x\n}')).message).toContain("use 'php_server'");
		expect(refusal(() => adapt('respond hi')).message).toContain('outside of a site');
	});

	test('says what to remove of the modules of FrankenPHP', () => {
		expect(refusal(() => adapt(':80 {\n mercure {\n anonymous\n }\n}')).message).toContain("whole 'mercure' block");
		expect(refusal(() => adapt(':80 {\n vulcain\n}')).message).toContain("remove the line 'vulcain'");
		expect(refusal(() => adapt(':80 {\n php_server {\n hot_reload\n }\n}')).message).toContain('remove it');
	});

	test('names nothing that every object has', () => {
		for (const name of ['__proto__', 'constructor', 'toString']) expect(listedDirective(name)).toBeUndefined();
	});
});
