// Makes functions_arginfo.h from the stubs of php-runtime/: generate-arginfo.php on PHP as @php-wasm has it, without the
// extension, which may not be built yet.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadNodeRuntime } from '@php-wasm/node';
import { PHP } from '@php-wasm/universal';

const root = new URL('../', import.meta.url);
const header = new URL('wasm/functions_arginfo.h', root);
const generator = 'wasm/generate-arginfo.php';
const stubs = 'php-runtime/stubs';

/**
 * @returns {Promise<string>} what functions_arginfo.h has to be
 * @throws Error when the stubs have what generate-arginfo.php does not know; its message says where
 */
export async function generateArginfo() {
	const php = new PHP(await loadNodeRuntime('8.4', { emscriptenOptions: { processId: 1 } }));
	const files = readdirSync(new URL(stubs, root)).filter((name) => name.endsWith('.stub.php'));
	for (const path of [generator, ...files.map((name) => `${stubs}/${name}`)]) {
		php.mkdir(`/${path.slice(0, path.lastIndexOf('/'))}`);
		php.writeFile(`/${path}`, readFileSync(new URL(path, root)));
	}
	const { text } = await php.run({ scriptPath: `/${generator}` });
	php.exit();
	return text;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	writeFileSync(header, await generateArginfo());
}
