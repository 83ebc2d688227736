// PHP as @php-wasm runs it, in this thread: boots it, then answers messages.
import { parentPort, workerData } from 'node:worker_threads';
import { loadNodeRuntime } from '@php-wasm/node';
import { PHP } from '@php-wasm/universal';

const { version, script } = workerData;
const php = new PHP(await loadNodeRuntime(version, { emscriptenOptions: { processId: 1 } }));
php.writeFile('/hello.php', script);

async function hello() {
	const { text } = await php.run({ scriptPath: '/hello.php' });
	if (text !== 'Hello') throw new Error(`PHP.run() answered: ${text}`);
}

await hello();
parentPort.postMessage('booted');

/** Runs the script so many times; answers with the microseconds of one run. */
parentPort.on('message', async (runs) => {
	const started = performance.now();
	for (let i = 0; i < runs; i++) await hello();
	parentPort.postMessage(((performance.now() - started) * 1000) / runs);
});
