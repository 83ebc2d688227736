// Message published → taken by a subscriber in another thread: of plain NATS, or with `kept` of a JetStream bucket, by
// compare-and-set. Prints milliseconds.
import { setTimeout as sleep } from 'node:timers/promises';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { Kvm } from '@nats-io/kv';
import { connect } from '@nats-io/transport-node';

const SUBJECT = 'bench';
const SIZE = 200;

if (isMainThread) {
	const [servers, count, kept] = process.argv.slice(2);
	const client = await connect({ servers });
	const bucket = kept && (await new Kvm(client).create(SUBJECT));
	let revision = await bucket?.put(SUBJECT, new Uint8Array());
	const subscriber = new Worker(new URL(import.meta.url), { workerData: { servers, count: Number(count), kept } });
	await new Promise((resolve) => subscriber.once('message', resolve));
	for (let number = 0; number < Number(count); number++) {
		const message = Buffer.alloc(SIZE);
		message.writeBigInt64LE(process.hrtime.bigint());
		if (bucket) revision = await bucket.update(SUBJECT, message, revision);
		else client.publish(SUBJECT, message);
		await sleep(5);
	}
	await client.drain();
} else {
	const { servers, count, kept } = workerData;
	const client = await connect({ servers });
	const waits = [];
	const take = (data) => waits.push(Number(process.hrtime.bigint() - Buffer.from(data).readBigInt64LE()) / 1e6);
	if (kept) {
		const watch = await (await new Kvm(client).open(SUBJECT)).watch({ include: 'updates' });
		parentPort.postMessage('ready');
		for await (const { value } of watch) if (take(value) === count) break;
	} else {
		const subscription = client.subscribe(SUBJECT, { max: count });
		await client.flush();
		parentPort.postMessage('ready');
		for await (const { data } of subscription) take(data);
	}
	console.log(JSON.stringify(waits));
	await client.close();
}
