// Prints the nanoseconds of round trips by postMessage() with a worker thread, of an object of 200 bytes, as JSON.
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

const COUNT = 5000;
const WARM_UP = 1000;

if (isMainThread) {
	const worker = new Worker(new URL(import.meta.url));
	const payload = { id: 1, text: 'x'.repeat(170) };
	const times = [];
	let start = 0n;
	const send = () => {
		start = process.hrtime.bigint();
		worker.postMessage(payload);
	};
	worker.on('message', () => {
		times.push(Number(process.hrtime.bigint() - start));
		if (times.length < WARM_UP + COUNT) return send();
		console.log(JSON.stringify(times.slice(WARM_UP)));
		void worker.terminate();
	});
	send();
} else {
	parentPort.on('message', (message) => parentPort.postMessage(message));
}
