import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { start } from '../children.mjs';
import { startMember, startMeter, startNats } from '../fleet.mjs';
import { processorTime } from '../foreign.mjs';
import { get, startIgor } from '../igor.mjs';

const NAMES = 200;
const PUBLISHERS = 20;
/** Each name that begins starts a thread: more at once would only wait for each other. */
const AT_ONCE = 4;
/** How long is measured, and what is waited for before, milliseconds. */
const WINDOW = 10_000;
const SETTLE = 3000;
const listener = fileURLToPath(new URL('../programs/nats-listen.mjs', import.meta.url));

/** What a fleet of three servers costs each second: messages, bytes and processor time. */
export async function clusterCost(program) {
	const nats = await startNats(program);
	try {
		return await costs(nats);
	} finally {
		await nats.stop();
	}
}

async function costs(nats) {
	const alone = await startIgor('--threads', '1');
	const none = await inFleet(nats, (servers) => measure({ ...servers, alone, nats }));
	await alone.stop();
	const names = await inFleet(nats, async (servers) => {
		await shareAmong(servers, 'still', NAMES);
		return measure({ ...servers, nats });
	});
	const plain = start(process.execPath, [listener, nats.url]);
	await plain.line(/ready/);
	const steady = await inFleet(nats, async (servers) => {
		await shareAmong(servers, 'steady', PUBLISHERS);
		return measure({ ...servers, plain, nats });
	});
	await plain.stop();
	const processor = (what, ours, theirs) => ({
		what: `fleet: processor time per second, ${what}`,
		ratio: ours.time / theirs.time,
		ours: milliseconds(ours.time),
		theirs: milliseconds(theirs.time),
	});
	return [
		processor('a server without shared names / without a fleet', none.b, none.alone),
		processor(`holder of ${NAMES} idle names / of none`, names.a, none.a),
		processor(`follower of ${NAMES} idle names / of none`, names.b, none.b),
		processor(`follower of ${PUBLISHERS} × 50 publications/s / plain NATS subscriber`, steady.b, steady.plain),
		...Object.entries({
			'no names': none,
			[`${NAMES} idle names`]: names,
			[`${PUBLISHERS} × 50 publications/s`]: steady,
		}).flatMap(([what, figures]) => [
			{ what: `fleet: each second, ${what}, processor time of NATS`, ours: milliseconds(figures.nats.time) },
			traffic(`${what}, holder sends`, figures.a.sent),
			traffic(`${what}, holder receives`, figures.a.received),
			traffic(`${what}, follower sends`, figures.b.sent),
			traffic(`${what}, follower receives`, figures.b.received),
		]),
	];
}

/** Three servers, each with a meter between it and NATS. */
async function inFleet(nats, measured) {
	const servers = {};
	for (const name of ['a', 'b', 'c']) {
		const meter = await startMeter(nats);
		servers[name] = { meter, ...(await startMember(meter.url, name, '--sidekick-max', String(NAMES))) };
	}
	for (const { meter } of Object.values(servers)) await meter.connected();
	const result = await measured(servers);
	// The holder last, or another one would take over.
	for (const { stop, meter } of Object.values(servers).reverse()) {
		await stop();
		meter.stop();
	}
	return result;
}

/** `a` holds them all. */
async function shareAmong({ a, ...others }, kind, count) {
	await ask(a, kind, count, AT_ONCE);
	for (const server of Object.values(others)) await ask(server, kind, count, count);
}

async function ask({ url }, kind, count, atOnce) {
	for (let from = 1; from <= count; from += atOnce) {
		await get(`${url}/sidekicks.php?kind=${kind}&from=${from}&to=${Math.min(count, from + atOnce - 1)}`);
	}
}

/** Of each process by its name, per second. */
async function measure(processes) {
	await sleep(SETTLE);
	const before = await countAll(processes);
	await sleep(WINDOW);
	const after = await countAll(processes);
	return Object.fromEntries(Object.keys(processes).map((name) => [name, difference(before[name], after[name])]));
}

async function countAll(processes) {
	const all = Object.entries(processes).map(async ([name, { pid, meter }]) => {
		const counts = await meter?.counts();
		return [name, { at: performance.now(), time: processorTime(pid), ...counts }];
	});
	return Object.fromEntries(await Promise.all(all));
}

function difference(before, after) {
	const seconds = (after.at - before.at) / 1000;
	const way = (name) => ({
		messages: (after[name].messages - before[name].messages) / seconds,
		bytes: (after[name].bytes - before[name].bytes) / seconds,
	});
	return {
		time: (after.time - before.time) / seconds,
		...(after.sent && { sent: way('sent'), received: way('received') }),
	};
}

function traffic(what, { messages, bytes }) {
	return {
		what: `fleet: each second, ${what}`,
		ours: `${messages.toFixed(0)} messages, ${(bytes / 1000).toFixed(1)} kB`,
	};
}

function milliseconds(value) {
	return `${value.toFixed(1)} ms`;
}
