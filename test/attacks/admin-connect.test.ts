import { hostname, networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askHttp1, type Reply } from '../program/support/ask.ts';
import { cleanUp, Igor, run, writeApp } from '../program/support/igor.ts';
import { freePort } from '../support/free-port.ts';

/** Every way to write an address of this machine, for a URL. */
const HOSTS = [
	...[
		'127.0.0.1',
		'127.0.0.2',
		'127.1',
		'127.0.1',
		'2130706433',
		'0x7f000001',
		'0x7f.1',
		'0177.0.0.1',
		'127.000.000.001',
	],
	...['localhost', 'LOCALHOST', 'localhost.', 'ip6-localhost', '0.0.0.0', '0', '0x0', hostname()],
	...['[::1]', '[::]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[0:0:0:0:0:ffff:127.0.0.1]', '[::ffff:0.0.0.0]'],
	...['[0000:0000::0001]', '[::127.0.0.1]', '[64:ff9b::7f00:1]', '[2002:7f00:1::]', '[::1%lo]'],
	...Object.values(networkInterfaces()).flatMap((all = []) =>
		all.map(({ address, family }) => (family === 'IPv6' ? `[${address}]` : address)),
	),
];

/** PHP that tries to reach $port by everything that connects, and returns what it reached. */
const ATTACK = `
	ini_set('default_socket_timeout', '3');
	$reached = [];
	$hosts = json_decode('${JSON.stringify(HOSTS)}');
	$try = function (string $how, callable $connect) use (&$reached) {
		try { if (@$connect()) $reached[] = $how; } catch (Throwable) {}
	};
	$curl = function (string $url, array $options = []) {
		$curl = curl_init($url);
		curl_setopt_array($curl, $options + [CURLOPT_RETURNTRANSFER => true, CURLOPT_TIMEOUT => 3]);
		$text = curl_exec($curl);
		return is_string($text) && curl_getinfo($curl, CURLINFO_RESPONSE_CODE) > 0 && !str_contains($text, 'from PHP') ? $text : false;
	};
	foreach ($hosts as $host) {
		// Where there is no gateway, IPv4 inside of IPv6 leads nowhere, and takes all of the time.
		$most = preg_match('/^\\[(64:ff9b|2002):/', $host) ? 1 : 3;
		$try("tcp://$host", fn () => stream_socket_client("tcp://$host:$port", $e, $m, $most));
		$try("curl $host", fn () => $curl("http://$host:$port/config/"));
	}
	foreach ($brief ? [] : array_slice($hosts, 0, 2) as $host) {
		$try("fsockopen $host", fn () => fsockopen($host, $port, $e, $m, 3));
		$try("pfsockopen $host", fn () => pfsockopen($host, $port, $e, $m, 3));
		$try("file $host", fn () => file_get_contents("http://$host:$port/config/"));
		$try("post $host", fn () => file_get_contents("http://$host:$port/load", false, stream_context_create(
			['http' => ['method' => 'POST', 'header' => "Content-Type: text/caddyfile", 'content' => ':0', 'ignore_errors' => true]])));
		$try("bound $host", fn () => stream_socket_client("tcp://$host:$port", $e, $m, 3, STREAM_CLIENT_CONNECT,
			stream_context_create(['socket' => ['bindto' => '127.0.0.1:0']])));
		$try("async $host", function () use ($host, $port) {
			$f = stream_socket_client("tcp://$host:$port", $e, $m, 3, STREAM_CLIENT_CONNECT | STREAM_CLIENT_ASYNC_CONNECT);
			if (!$f) return false;
			fwrite($f, "GET /config/ HTTP/1.1\\r\\nHost: 127.0.0.1:$port\\r\\nConnection: close\\r\\n\\r\\n");
			return stream_get_contents($f);
		});
		$try("dom $host", fn () => (new DOMDocument())->load("http://$host:$port/config/") || str_contains(json_encode(error_get_last()), 'Start tag'));
		$try("include $host", fn () => fopen("http://user@$host:$port/config/", 'r'));
		$try("mysqli $host", fn () => mysqli_connect($host, 'a', 'b', 'c', $port));
		$try("proxy by stream $host", fn () => file_get_contents('http://x.test/config/', false, stream_context_create(
			['http' => ['proxy' => "tcp://$host:$port", 'request_fulluri' => true, 'ignore_errors' => true]])));
		$try("curl resolve $host", fn () => $curl("http://rebound.test:$port/config/", [CURLOPT_RESOLVE => ["rebound.test:$port:$host"]]));
		$try("curl connect to $host", fn () => $curl('http://x.test/config/', [CURLOPT_CONNECT_TO => ["::$host:$port"]]));
		$try("curl proxy $host", fn () => $curl('http://x.test/config/', [CURLOPT_PROXY => "$host:$port"]));
		$try("curl tunnel $host", fn () => $curl('http://x.test/config/', [CURLOPT_PROXY => "$host:$port", CURLOPT_HTTPPROXYTUNNEL => true]));
		$try("curl socks $host", fn () => $curl("http://$host:$port/config/", [CURLOPT_PROXY => "socks5h://$host:$port"]));
		$try("curl bound $host", fn () => $curl("http://$host:$port/config/", [CURLOPT_INTERFACE => '127.0.0.1']));
	}
	if (isset($site)) {
		$redirect = "http://127.0.0.1:$site/index.php?to=" . urlencode("http://127.0.0.1:$port/config/");
		$try('curl redirect', fn () => $curl($redirect, [CURLOPT_FOLLOWLOCATION => true]));
		$try('stream redirect', fn () => !str_contains(file_get_contents($redirect) ?: 'from PHP', 'from PHP'));
	}
	return $reached;`;

const FILES = {
	'attack.php': `<?php return function (int $port, ?int $site = null, bool $brief = false) {${ATTACK}};`,
	'index.php': `<?php
		if (isset($_GET['to'])) { header("Location: {$_GET['to']}", true, 302); echo 'from PHP'; exit; }
		echo json_encode((require __DIR__ . '/attack.php')((int) $_GET['port'], (int) $_SERVER['SERVER_PORT']));`,
	'worker.php': `<?php while (frankenphp_handle_request(function () {
		echo json_encode((require __DIR__ . '/attack.php')((int) $_GET['port'], (int) $_SERVER['SERVER_PORT']));
	}));`,
	sidekick: `<?php
		[, $port] = explode('-', $argv[1]);
		frankenphp_sidekick_set_vars(['reached' => json_encode((require __DIR__ . '/attack.php')((int) $port))]);
		while (!frankenphp_sidekick_should_stop()) sleep(1);`,
	'child.php': `<?php echo json_encode((require __DIR__ . '/attack.php')((int) $argv[1]));`,
	'program.php': `<?php echo exec('php child.php ' . (int) $_GET['port']);`,
	'read.php': `<?php echo frankenphp_sidekick_get_vars("attack-{$_GET['port']}")['reached'];`,
};

const caddyfile = (admin: string, site: number): string => `{
	admin ${admin}
	frankenphp {
		num_threads 4
	}
}
http://127.0.0.1:${site} {
	root .
	php_server {
		worker worker.php 1
		processes {
			allow php
		}
		sidekick_entrypoint sidekick
	}
}`;

/** A server with an admin API, and what reaches it. */
class Operated {
	readonly #igor: Igor;
	readonly #site: number;

	private constructor(igor: Igor, site: number) {
		this.#igor = igor;
		this.#site = site;
	}

	static async start(admin: string): Promise<Operated> {
		const site = await freePort();
		const folder = writeApp({ ...FILES, Caddyfile: caddyfile(admin, site) });
		const igor = new Igor(['run'], folder);
		await igor.ready();
		return new Operated(igor, site);
	}

	async attack(role: 'index' | 'worker' | 'read' | 'program', port: number): Promise<string[]> {
		const { body } = await this.#ask(`/${role}.php?port=${port}`);
		return JSON.parse(body);
	}

	#ask(path: string): Promise<Reply> {
		return askHttp1({ host: `127.0.0.1:${this.#site}`, port: this.#site, path });
	}

	/** As an operator does it. */
	reload(former: number, admin: string): Promise<Reply> {
		return askHttp1({
			...{ host: `127.0.0.1:${former}`, port: former, path: '/load', method: 'POST' },
			headers: { 'content-type': 'text/caddyfile' },
			body: caddyfile(admin, this.#site),
		});
	}

	/** How many requests the admin API has had. */
	get requests(): number {
		return this.#igor.stderr.match(/"admin API: [A-Z]+ /g)?.length ?? 0;
	}

	get log(): string {
		return this.#igor.stderr;
	}
}

afterAll(cleanUp);

describe.each(['127.0.0.1', '0.0.0.0', '[::]', '[::1]'])('the admin API at %s', { timeout: 120_000 }, (host) => {
	let port: number;
	let server: Operated;
	beforeAll(async () => {
		port = await freePort();
		server = await Operated.start(`${host}:${port}`);
	}, 60_000);

	test.each(['index', 'worker', 'read', 'program'] as const)('is not reached by PHP: %s', async (role) => {
		expect(await server.attack(role, port)).toEqual([]);
		expect(server.requests).toBe(0);
		expect(server.log).toContain('the admin API of this server is there, which is not for PHP');
	});

	// The test's own client has IPv4.
	test.skipIf(host === '[::1]')('nor at another port after a reload, while operators reach it', async () => {
		const next = await freePort();
		expect((await server.reload(port, `${host}:${next}`)).status).toBe(200);
		expect(await server.attack('index', next)).toEqual([]);
		expect(await server.attack('program', next)).toEqual([]);
		expect(server.requests).toBe(1);
	});
});

test('php-cli reaches no admin API where servers have it by default, unless it is told to', {
	timeout: 60_000,
}, async () => {
	const port = 2019;
	const folder = writeApp({
		...FILES,
		'cli.php': `<?php echo json_encode((require 'attack.php')(${port}, null, isset($argv[1])));`,
	});
	const server = await Operated.start(`127.0.0.1:${port}`);
	expect(JSON.parse((await run(['php-cli', 'cli.php'], folder)).out)).toEqual([]);
	expect(server.requests).toBe(0);
	// What gets through waits for answers that the admin API does not give: one way is enough.
	const named = await run(['php-cli', '--network', `127.0.0.1:${port}`, 'cli.php', 'brief'], folder);
	expect(JSON.parse(named.out)).toContain('curl 127.0.0.1');
});
