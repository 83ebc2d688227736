import { expect, test } from 'vitest';
import { Scope } from '../support/scope.ts';
import { type ServedSite, serveSite } from './serve-site.ts';

const SEES = `$names = ['HOST', 'PLAIN', 'TENANT', 'HTTP_X_OURS', 'REQUEST_METHOD'];
	if (isset($_GET['put'])) putenv('TENANT=put by the script');
	echo json_encode([
		'server' => array_map(static fn ($name) => $_SERVER[$name] ?? null, $names),
		'getenv' => array_map(getenv(...), $names),
		'all' => array_map(static fn ($name) => getenv()[$name] ?? false, $names),
		'env' => $_ENV['HOST'] ?? null,
	]);`;
const FILES = {
	'page.php': `<?php ${SEES}`,
	'program.php': '<?php echo json_encode(exec("printenv HOST"));',
	'worker.php': `<?php
		$boot = [getenv('HOST'), getenv('PLAIN')];
		while (frankenphp_handle_request(static function () use ($boot): void {
			if (isset($_GET['boot'])) echo json_encode($boot);
			else { ${SEES} }
		}));`,
};
const LINES = `php_server {
	env PLAIN "of the scope"
	env HOST {host}
	env TENANT "{query.tenant}"
	env HTTP_X_OURS "{http.request.header.X-Theirs}"
	env REQUEST_METHOD {method}!
}`;

async function ask(site: ServedSite, path: string, host: string): Promise<unknown> {
	return JSON.parse((await site.ask(path, { headers: { host, 'X-Theirs': 'Ã¤', 'X-Ours': 'no' } })).body);
}

test('env of a php_server has placeholders of the request, in $_SERVER, getenv() and, in a classic script, $_ENV', async () => {
	await using scope = await Scope.start(FILES, {
		workers: [{ file: 'worker.php', num: 1 }],
		env: { PLAIN: 'of the scope' },
		processes: { allow: ['printenv'] },
	});
	const site = await serveSite(LINES, {
		scope: { gateway: scope.running.gateway, root: scope.folder, workers: new Map([['/worker.php', 0]]) },
	});
	const expected = (host: string, tenant: string) => ({
		server: [host, 'of the scope', tenant, 'ä', 'GET'],
		getenv: [host, 'of the scope', tenant, 'ä', 'GET!'],
		all: [host, 'of the scope', tenant, 'ä', 'GET!'],
	});
	for (const [host, tenant] of [
		['one.test', '1'],
		['two.test', ''],
		['one.test', '3'],
	] as const) {
		expect(await ask(site, `/page.php?tenant=${tenant}`, host)).toEqual({ ...expected(host, tenant), env: host });
		expect(await ask(site, `/worker.php?tenant=${tenant}`, host)).toEqual({ ...expected(host, tenant), env: null });
	}
	expect(await ask(site, '/program.php', 'one.test')).toBe('one.test');
	expect(await ask(site, '/worker.php?boot', 'one.test')).toEqual([false, 'of the scope']);
	// What a script sets itself is stronger: in a classic one until its end, in a worker as long as it runs.
	for (const path of ['/page.php', '/worker.php']) {
		expect(await ask(site, `${path}?put&tenant=1`, 'one.test')).toMatchObject({
			server: ['one.test', 'of the scope', '1', 'ä', 'GET'],
			getenv: ['one.test', 'of the scope', 'put by the script', 'ä', 'GET!'],
			all: ['one.test', 'of the scope', 'put by the script', 'ä', 'GET!'],
		});
	}
	expect(await ask(site, '/page.php?tenant=2', 'one.test')).toMatchObject({ getenv: expected('one.test', '2').getenv });
	expect(await ask(site, '/worker.php?tenant=2', 'one.test')).toMatchObject({
		getenv: ['one.test', 'of the scope', 'put by the script', 'ä', 'GET!'],
	});
});
