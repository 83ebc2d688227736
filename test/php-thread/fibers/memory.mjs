// What a million fibers leave behind: memory of the PHP thread (WASM) and of the server's process, after more and more
// fibers. Usage: node test/php-thread/fibers/memory.mjs [8.2 8.4 8.5]; fails when the WASM memory grows after the first 100,000.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PHP_VERSIONS } from '../../../src/config/values.ts';

const PER_REQUEST = 20_000;
const MEASURED = [PER_REQUEST, 100_000, 500_000, 1_000_000];
const START_LIMIT = 20_000;

/** By turns: one that ends, one destroyed while it is suspended, one that throws, one that is collected in a cycle. */
const SCRIPT = `<?php
for ($i = 0; $i < ${PER_REQUEST / 4}; $i++) {
	$ends = new Fiber(fn () => Fiber::suspend());
	$ends->start();
	$ends->resume();
	$suspended = new Fiber(fn () => Fiber::suspend());
	$suspended->start();
	$throws = new Fiber(fn () => throw new Exception());
	try { $throws->start(); } catch (Exception) {}
	$cycle = new stdClass();
	$cycle->fiber = new Fiber(function () use ($cycle) { Fiber::suspend(); });
	$cycle->fiber->start();
	unset($cycle);
	if ($i % 100 === 0) gc_collect_cycles();
}
$left = new Fiber(fn () => Fiber::suspend());
$left->start();
echo 'done';`;

const igor = fileURLToPath(new URL('../../../bin/igor.js', import.meta.url));
const versions = process.argv.length > 2 ? process.argv.slice(2) : PHP_VERSIONS;
let failed = false;
console.log('PHP    fibers  WASM MB  process MB  seconds');
for (const version of versions) await measure(version);
process.exitCode = failed ? 1 : 0;

async function measure(version) {
	const folder = mkdtempSync(join(tmpdir(), 'igor-fibers-'));
	const [port, admin] = [await freePort(), await freePort()];
	writeFileSync(join(folder, 'index.php'), SCRIPT);
	writeFileSync(
		join(folder, 'Caddyfile'),
		`{\n\tadmin 127.0.0.1:${admin}\n\tfrankenphp {\n\t\tnum_threads 1\n\t}\n}\nhttp://127.0.0.1:${port} {\n\troot .\n\tphp_server\n}\n`,
	);
	const server = spawn(process.execPath, [igor, 'run', '--php', version], {
		cwd: folder,
		stdio: 'ignore',
	});
	const ended = new Promise((resolve) => server.on('close', resolve));
	try {
		await untilUp(`http://127.0.0.1:${admin}/frankenphp/threads`);
		await run(version, port, admin, server.pid);
	} finally {
		server.kill();
		await ended;
		rmSync(folder, { recursive: true });
	}
}

async function run(version, port, admin, pid) {
	const started = performance.now();
	let settled = Number.POSITIVE_INFINITY;
	for (let fibers = 0; fibers < MEASURED.at(-1); ) {
		const text = await (await fetch(`http://127.0.0.1:${port}/`)).text();
		if (text !== 'done') throw new Error(`The script did not end well: ${text}`);
		fibers += PER_REQUEST;
		if (!MEASURED.includes(fibers)) continue;
		const wasm = await threadMemory(admin);
		if (wasm > settled) failed = true;
		if (fibers >= 100_000) settled = wasm;
		const seconds = (performance.now() - started) / 1000;
		console.log(
			`${version} ${String(fibers).padStart(9)} ${megabytes(wasm, 8)} ${megabytes(residentMemory(pid), 11)} ${seconds.toFixed(1).padStart(8)}`,
		);
	}
}

function megabytes(bytes, width) {
	return (bytes / 1024 / 1024).toFixed(1).padStart(width);
}

/** Bytes of the PHP thread that has the most. */
async function threadMemory(admin) {
	const { ThreadDebugStates } = await (await fetch(`http://127.0.0.1:${admin}/frankenphp/threads`)).json();
	return Math.max(...ThreadDebugStates.map(({ MemoryUsage }) => MemoryUsage ?? 0));
}

/** Bytes; 0 where there is no /proc. */
function residentMemory(pid) {
	try {
		const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
		return Number(kilobytes ?? 0) * 1024;
	} catch {
		return 0;
	}
}

async function untilUp(url) {
	for (const end = performance.now() + START_LIMIT; ; ) {
		const up = await fetch(url).then(
			({ ok }) => ok,
			() => false,
		);
		if (up) return;
		if (performance.now() > end) throw new Error(`The server has not started within ${START_LIMIT / 1000} s.`);
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
}

/** A port that nobody uses at the moment. */
async function freePort() {
	const probe = createServer().listen(0, '127.0.0.1');
	await new Promise((resolve) => probe.on('listening', resolve));
	const { port } = probe.address();
	await new Promise((resolve) => probe.close(resolve));
	return port;
}
