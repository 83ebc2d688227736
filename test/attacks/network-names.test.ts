import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { parseNetwork } from '../../src/config/network-rules.ts';
import type { NetworkPort } from '../../src/php-thread/sockets/network-port.ts';
import { NameRefusedError, restrictNetwork } from '../../src/php-thread/sockets/restricted-network.ts';
import { cleanUp, writeApp } from '../program/support/igor.ts';

afterEach(cleanUp);

const BIN = fileURLToPath(new URL('../../bin/igor.js', import.meta.url));

/** Takes the place of the host's resolver on every thread: writes down what it is asked, and knows each name. */
const RESOLVER = `
	import dns from 'node:dns';
	import { syncBuiltinESMExports } from 'node:module';
	import { writeSync } from 'node:fs';
	const answer = (name, options) => {
		writeSync(2, 'ASKED ' + name + '\\n');
		const found = { address: '127.0.0.1', family: 4 };
		return options?.all ? [found] : found;
	};
	dns.promises.lookup = async (name, options) => answer(name, options);
	dns.lookup = (name, options, done) => {
		const { address, family } = answer(name);
		if (typeof options === 'object' && options.all) done(null, [{ address, family }]);
		else done(null, address, family);
	};
	for (const name of Object.keys(dns.promises)) if (/^resolve|^reverse/.test(name)) dns.promises[name] = async (asked) => answer(asked);
	syncBuiltinESMExports();
`;

/** Everything in PHP that looks a name up; each takes another, so that the log tells who asked. */
const LOOKUPS = `<?php
	ini_set('default_socket_timeout', '2');
	$results = [];
	$try = function (string $how, callable $lookup) use (&$results) {
		try { $results[$how] = @$lookup(); } catch (Throwable $error) { $results[$how] = get_class($error); }
	};
	$curl = function (string $url, array $options = []) {
		$curl = curl_init($url);
		curl_setopt_array($curl, $options + [CURLOPT_RETURNTRANSFER => true, CURLOPT_TIMEOUT => 2]);
		return curl_exec($curl);
	};
	$try('gethostbyname', fn () => gethostbyname('a.example'));
	$try('gethostbynamel', fn () => gethostbynamel('b.example'));
	foreach (['dns_get_record', 'checkdnsrr', 'dns_check_record'] as $f) $try($f, fn () => $f('c.example'));
	$try('getmxrr', function () { getmxrr('d.example', $hosts); return $hosts; });
	$try('stream', fn () => stream_socket_client('tcp://e.example:1', $e, $m, 2));
	$try('udp', fn () => stream_socket_client('udp://f.example:53', $e, $m, 2));
	$try('fsockopen', fn () => fsockopen('g.example', 1, $e, $m, 2));
	$try('file', fn () => file_get_contents('http://h.example:1/'));
	$try('ftp', fn () => file_get_contents('ftp://i.example/'));
	$try('curl', fn () => $curl('http://j.example:1/'));
	$try('curl proxy', fn () => $curl('http://k.example:1/', [CURLOPT_PROXY => 'l.example:1']));
	$try('curl interface', fn () => $curl('http://127.0.0.1:1/', [CURLOPT_INTERFACE => 'host!m.example']));
	$try('mysqli', fn () => mysqli_connect('n.example', 'a', 'b', 'c', 1));
	$try('pdo', fn () => new PDO('mysql:host=o.example;port=1', 'a', 'b'));
	$try('soap', fn () => new SoapClient('http://p.example:1/x.wsdl'));
	$try('dom', fn () => (new DOMDocument())->load('http://q.example:1/'));
	$try('entity', fn () => (new DOMDocument())->loadXML('<!DOCTYPE a SYSTEM "http://r.example:1/"><a/>', LIBXML_DTDLOAD));
	$try('server', fn () => stream_socket_server('tcp://s.example:0', $e, $m));
	$try('gethostbyaddr', fn () => gethostbyaddr('192.0.2.1'));
	$try('bindto', fn () => stream_socket_client('tcp://127.0.0.1:1', $e, $m, 2, STREAM_CLIENT_CONNECT,
		stream_context_create(['socket' => ['bindto' => 't.example:0']])));
	$try('imagick', fn () => class_exists('Imagick') ? new Imagick('http://u.example/x.png') : null);
	$try('localhost', fn () => gethostbyname('localhost'));
	echo json_encode($results);`;

/** The names that the resolver was asked for, and what PHP got. */
async function lookups(flags: readonly string[]): Promise<{ asked: string[]; results: Record<string, unknown> }> {
	const folder = writeApp({ 'script.php': LOOKUPS });
	writeFileSync(join(folder, 'resolver.mjs'), RESOLVER);
	const child = spawn(
		process.execPath,
		['--import', join(folder, 'resolver.mjs'), BIN, 'php-cli', ...flags, join(folder, 'script.php')],
		{ cwd: folder },
	);
	const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
	const asked = [...err.matchAll(/^ASKED (.*)$/gm)].map(([, name = '']) => name);
	return { asked: [...new Set(asked)].sort(), results: JSON.parse(out.slice(out.indexOf('{"'))) };
}

describe('names', () => {
	test('are asked for by everything that connects, as long as nothing is said (so this test sees what it should)', async () => {
		const { asked, results } = await lookups([]);
		expect(asked.length).toBeGreaterThan(10);
		expect(results.gethostbyname).toBe('127.0.0.1');
	});

	test('network off: nobody is asked for any', async () => {
		const { asked, results } = await lookups(['--network', 'off']);
		expect(asked).toEqual([]);
		expect(results).toMatchObject({ gethostbyname: 'a.example', gethostbynamel: false, localhost: 'localhost' });
	});

	test('a list with addresses only: nobody is asked for any', async () => {
		expect((await lookups(['--network', '192.0.2.1:80', '--network', '[::2]:*'])).asked).toEqual([]);
	});

	test('a list with names: only for those', async () => {
		const { asked } = await lookups(['--network', 'j.example:80', '--network', 'E.example:*']);
		expect(asked).toEqual(['e.example', 'j.example']);
	});
});

describe('the rules for names', () => {
	const asked: string[] = [];
	const port = {
		lookup: async (name: string) => {
			asked.push(name);
			return [{ family: 4, address: '192.0.2.7' }];
		},
	} as unknown as NetworkPort;

	test.each([
		['off', 'example.com', false],
		['off', 'localhost', false],
		[['127.0.0.1:80'], 'localhost', true],
		[['[0:0:0:0:0:0:0:1]:80'], 'localhost', true],
		[['localhost:80'], 'LOCALHOST', true],
		[['example.com:80'], 'Example.COM.', true],
		[['example.com:80'], 'www.example.com', false],
		[['example.com:80'], 'example.com.evil.test', false],
		[['example.com:80'], 'example.co', false],
		[['192.0.2.1:80'], 'example.com', false],
		[['*:80'], 'example.com', true],
	] as const)('%j: %s → %s', async (network, name, allowed) => {
		asked.length = 0;
		const { network: restricted } = restrictNetwork(port, parseNetwork(network));
		const found = restricted.lookup(name, undefined).then(
			() => true,
			(error) => !(error instanceof NameRefusedError),
		);
		expect(await found).toBe(allowed);
		expect(asked).toHaveLength(allowed ? 1 : 0);
	});

	test('an address in any form is none of them, and the rule for it holds', async () => {
		const { refusal } = restrictNetwork(port, parseNetwork(['127.0.0.1:80', '[::5]:80']));
		for (const address of ['127.0.0.1', '::ffff:127.0.0.1', '0:0::5'])
			expect(refusal({ address, port: 80 }, 'connect')).toBeUndefined();
		for (const address of ['127.0.0.2', '::1', '0.0.0.0', '::', '::6'])
			expect(refusal({ address, port: 80 }, 'connect')).toBeDefined();
	});
});
