// node --import: lets Igor run a php.wasm that counts handlers (IGOR_COUNTING), and writes the counts when the process
// ends (IGOR_COUNTS). See test/bench/hot-handlers.mjs.
import { readFileSync, writeFileSync } from 'node:fs';
import { BroadcastChannel, isMainThread } from 'node:worker_threads';

const channel = new BroadcastChannel('igor-counts');
channel.unref();
const LARGE = 10_000_000;

if (isMainThread) {
	const counts = [];
	channel.onmessage = ({ data }) => counts.push(new Uint32Array(data));
	const { compile } = WebAssembly;
	WebAssembly.compile = (bytes) => compile(bytes.length > LARGE ? readFileSync(process.env.IGOR_COUNTING) : bytes);
	process.on('exit', () => {
		const sums = Array.from({ length: counts[0]?.length ?? 0 }, (_, i) =>
			counts.reduce((sum, count) => sum + count[i], 0),
		);
		writeFileSync(process.env.IGOR_COUNTS, JSON.stringify(sums));
	});
} else {
	const { instantiate } = WebAssembly;
	const noted = (result) => {
		const memory = (result.instance ?? result).exports.igor_counts;
		if (memory !== undefined) channel.postMessage(memory.buffer);
		return result;
	};
	WebAssembly.instantiate = async (...args) => noted(await instantiate(...args));
	WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
		construct: (target, args) => noted(Reflect.construct(target, args)),
	});
}
