import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { PHP_VERSIONS } from '../../src/config/values.ts';
import { generateArginfo } from '../../wasm/generate-arginfo.mjs';
import { run } from '../program/support/igor.ts';

const file = (path: string): string => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');
const STUBS = file('php-runtime/stubs/frankenphp.stub.php');
const folder = mkdtempSync(join(tmpdir(), 'igor-stubs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Prints every function and constant of the extension and of the stubs, as Reflection shows them. */
const COMPARE = `<?php
eval('namespace Stubs;' . substr(file_get_contents(__DIR__ . '/stubs.txt'), strlen('<?php')));

function describe(ReflectionFunction $function): array {
    $parameters = [];
    foreach ($function->getParameters() as $parameter) {
        $parameters[$parameter->getName()] = [
            'type' => (string) $parameter->getType(),
            'default' => $parameter->isDefaultValueAvailable() ? var_export($parameter->getDefaultValue(), true) : 'none',
            'by reference' => $parameter->isPassedByReference(),
            'variadic' => $parameter->isVariadic(),
        ];
    }
    return ['parameters' => $parameters, 'returns' => (string) $function->getReturnType()];
}

$found = ['extension' => [], 'stubs' => []];
foreach (get_extension_funcs('frankenphp') as $name) $found['extension'][$name] = describe(new ReflectionFunction($name));
foreach (get_defined_functions()['user'] as $name) {
    if (!str_starts_with($name, 'stubs\\\\')) continue;
    $found['stubs'][substr($name, 6)] = describe(new ReflectionFunction($name));
}
$found['extension'] += get_defined_constants(true)['frankenphp'] ?? [];
foreach (get_defined_constants(true)['user'] as $name => $value) {
    if (str_starts_with(strtolower($name), 'stubs\\\\')) $found['stubs'][substr($name, 6)] = $value;
}
echo json_encode($found);
`;

describe.each(PHP_VERSIONS)('PHP %s', (php) => {
	test('has the functions and constants of the stubs: names, types, defaults, values', async () => {
		writeFileSync(join(folder, 'stubs.txt'), STUBS);
		writeFileSync(join(folder, 'compare.php'), COMPARE);
		const { out, err } = await run(['php-cli', '--php', php, 'compare.php'], folder);
		expect(err).toBe('');
		const { extension, stubs } = JSON.parse(out);
		expect(Object.keys(extension)).toContain('frankenphp_sidekick_get_vars');
		expect(Object.keys(extension)).toContain('FRANKENPHP_LOG_LEVEL_WARN');
		expect(stubs).toEqual(extension);
	});
});

test('what C knows of the functions is made from the stubs', async () => {
	expect(file('wasm/functions_arginfo.h'), 'run npm run wasm:build').toBe(await generateArginfo());
});

test('the reference has the signature of each in its table', () => {
	const REFERENCE = file('docs/reference/php.md').replaceAll('\\|', '|');
	const aliases = new Set([...STUBS.matchAll(/@alias[^*]*\*\/\nfunction (\w+)/g)].map(([, name]) => name));
	const signatures = [...STUBS.matchAll(/^function ((\w+).*) \{\}$/gm)];
	expect(signatures).toHaveLength(STUBS.split('\nfunction ').length - 1);
	for (const [, signature, name] of signatures) {
		const shown = aliases.has(name) ? `\`${name}()\`` : `\`${signature}\``;
		expect(REFERENCE.includes(shown), shown).toBe(true);
	}
});
