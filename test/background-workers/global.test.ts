import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { cleanUp, Igor, run, writeApp } from '../program/support/igor.ts';
import { freePort } from '../support/free-port.ts';

afterEach(cleanUp);

const get = async (url: string) => (await fetch(url)).text();

/** Publishes which run it is, and tells it in each task. */
const WORKER = `<?php
$handle = new FrankenPHP\\WorkerHandle();
$me = bin2hex(random_bytes(8));
$handle->setVars(['name' => $_SERVER['FRANKENPHP_WORKER_BACKGROUND'], 'me' => $me, 'from' => $_SERVER['FROM'] ?? null]);
while ($handle->tick()) {
	while (($task = $handle->receive()) !== null) $task->complete(['me' => $me, 'i' => $task->getPayload()['i']]);
	$read = [$handle->getStream()];
	$none = null;
	stream_select($read, $none, $none, null);
}
`;

const PAGE = `<?php
try {
	$vars = frankenphp_get_vars($_GET['name']);
	$task = new FrankenPHP\\SentTaskHandle($_GET['name'], ['i' => 7]);
	echo json_encode([...$vars, 'task' => $task->read()]);
} catch (Throwable $thrown) {
	echo get_class($thrown), ': ', $thrown->getMessage();
}
`;

/** Starts what nobody declared. */
const ENSURE = `<?php
frankenphp_ensure_background_worker($_GET['name']);
echo json_encode(frankenphp_get_vars($_GET['name']));
`;

const site = (port: number, name: string, block = '') => `http://127.0.0.1:${port} {
	root ${name}
	php_server {
		name ${name}
		env FROM ${name}
		${block}
	}
}
`;
const OWN = 'worker own.php {\nname both\nbackground\n}';

type Read = { name: string; me: string; from: string | null; task: { me: string; i: number } };

test('a global one runs once for all sites; a site has its own of the same name before it', async () => {
	const [admin, shop, desk] = [await freePort(), await freePort(), await freePort()];
	const workers = ['jobs', 'both'].map((name) => `worker jobs.php {\nname ${name}\nbackground\nenv FROM ${name}\n}`);
	const global = (more = '') =>
		`{\nadmin 127.0.0.1:${admin}\nfrankenphp {\nnum_threads 2\n${workers.join('\n')}\n${more}\n}\n}\n`;
	const files = { 'jobs.php': WORKER, 'shop/index.php': PAGE, 'desk/index.php': PAGE, 'desk/own.php': WORKER };
	const caddyfile = global() + site(shop, 'shop') + site(desk, 'desk', OWN);
	const folder = writeApp({ Caddyfile: caddyfile, ...files });
	const igor = new Igor(['run'], folder);
	await igor.ready();
	const read = async (port: number, name: string): Promise<Read> =>
		JSON.parse(await get(`http://127.0.0.1:${port}/?name=${name}`));
	const [ofShop, ofDesk] = [await read(shop, 'jobs'), await read(desk, 'jobs')];
	expect(ofShop).toMatchObject({ name: 'jobs', from: 'jobs', task: { me: ofShop.me, i: 7 } });
	expect(ofDesk).toEqual(ofShop);
	const [global_, own] = [await read(shop, 'both'), await read(desk, 'both')];
	expect([global_.from, own.from]).toEqual(['both', 'desk']);
	expect(own.task.me).toBe(own.me);
	expect(own.me).not.toBe(global_.me);
	expect(await get(`http://127.0.0.1:${shop}/?name=job`)).toMatch(/RuntimeException: .*Did you mean "jobs"\?/);

	const api = `http://127.0.0.1:${admin}`;
	const listed = JSON.parse(await get(`${api}/sidekicks`)) as { scope: string; name: string }[];
	expect(listed.map(({ scope, name }) => `${scope} ${name}`)).toEqual(['global jobs', 'global both', 'desk both']);
	const metrics = await get(`${api}/metrics`);
	for (const [name, tasks] of [
		['jobs', 2],
		['both', 1],
		['desk:both', 1],
	]) {
		expect(metrics).toContain(`\nfrankenphp_total_workers{worker="${name}"} 1\n`);
		expect(metrics).toContain(`\nfrankenphp_worker_task_count{worker="${name}",outcome="completed"} ${tasks}\n`);
	}

	// A reload that leaves it alone keeps it, with what it has published; one that changes it does not.
	writeFileSync(join(folder, 'Caddyfile'), global() + site(shop, 'shop', 'env MORE 1') + site(desk, 'desk', OWN));
	expect(await run(['reload', '--address', `127.0.0.1:${admin}`], folder)).toMatchObject({ status: 0 });
	expect((await read(shop, 'jobs')).name).toBe('jobs');
	expect((await read(shop, 'jobs')).me).toBe((await read(desk, 'jobs')).me);
	writeFileSync(join(folder, 'Caddyfile'), global().replaceAll('FROM jobs', 'FROM changed') + site(shop, 'shop'));
	expect(await run(['reload', '--address', `127.0.0.1:${admin}`], folder)).toMatchObject({ status: 0 });
	expect(await read(shop, 'jobs')).toMatchObject({ name: 'jobs', from: 'changed' });
	igor.signal('SIGTERM');
	expect(await igor.exit).toBe(0);
});

test('the one without a name serves each name once, for all sites; a site with its own is served by that', async () => {
	const [shop, desk, lab] = [await freePort(), await freePort(), await freePort()];
	const folder = writeApp({
		Caddyfile: [
			'{\nadmin off\nfrankenphp {\nworker jobs.php {\nbackground\n}\n}\n}\n',
			site(shop, 'shop'),
			site(desk, 'desk'),
			site(lab, 'lab', 'worker own.php {\nbackground\n}'),
		].join(''),
		'jobs.php': WORKER,
		'lab/own.php': WORKER,
		...Object.fromEntries(['shop', 'desk', 'lab'].map((name) => [`${name}/index.php`, ENSURE])),
	});
	await new Igor(['run'], folder).ready();
	const read = async (port: number): Promise<Read> => JSON.parse(await get(`http://127.0.0.1:${port}/?name=any`));
	const [ofShop, ofDesk, ofLab] = [await read(shop), await read(desk), await read(lab)];
	expect(ofShop).toMatchObject({ name: 'any', from: null });
	expect(ofDesk).toEqual(ofShop);
	expect(ofLab).toMatchObject({ name: 'any', from: 'lab' });
});
