// Message published → taken by a subscriber of plain NATS, in another thread. Prints milliseconds.
import { setTimeout as sleep } from 'node:timers/promises';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { connect } from '@nats-io/transport-node';

const SUBJECT = 'bench';
const SIZE = 200;

if (isMainThread) {
	const [servers, count] = process.argv.slice(2);
	const client = await connect({ servers });
	const subscriber = new Worker(new URL(import.meta.url), { workerData: { servers, count: Number(count) } });
	await new Promise((resolve) => subscriber.once('message', resolve));
	for (let number = 0; number < Number(count); number++) {
		const message = Buffer.alloc(SIZE);
		message.writeBigInt64LE(process.hrtime.bigint());
		client.publish(SUBJECT, message);
		await sleep(5);
	}
	await client.drain();
} else {
	const client = await connect({ servers: workerData.servers });
	const waits = [];
	const subscription = client.subscribe(SUBJECT, { max: workerData.count });
	await client.flush();
	parentPort.postMessage('ready');
	for await (const { data } of subscription) {
		waits.push(Number(process.hrtime.bigint() - Buffer.from(data).readBigInt64LE()) / 1e6);
	}
	console.log(JSON.stringify(waits));
	await client.close();
}
