import type { RequestListener } from 'node:http';
import { expect, test } from 'vitest';
import { directives, refused } from '../../caddyfile/support.ts';
import { serveSite } from '../../site/serve-site.ts';
import { CapturingLogger } from '../../support/capturing-logger.ts';
import { eventually } from '../../support/eventually.ts';
import { nowhere, upstream } from '../support/upstream.ts';

test('the lines', () => {
	expect(
		directives(
			'reverse_proxy a:1 {\n health_uri /up?full\n health_port 81\n health_method head\n health_interval 1s\n health_timeout 2s\n health_status 2xx 301\n health_body ok\n health_passes 2\n health_fails 3\n health_headers {\n Host b.test\n X-Two 1 2\n }\n fail_duration 30s\n max_fails 4\n unhealthy_status 5xx 429\n unhealthy_latency 1s\n unhealthy_request_count 9\n}',
		),
	).toMatchObject([
		{
			active: {
				uri: '/up?full',
				port: 81,
				method: 'HEAD',
				interval: 1000,
				timeout: 2000,
				statuses: ['2xx', 301],
				body: 'ok',
				passes: 2,
				fails: 3,
				headers: [
					{ field: 'Host', value: 'b.test' },
					{ field: 'X-Two', value: '1' },
					{ field: 'X-Two', value: '2' },
				],
			},
			passive: { failDuration: 30_000, maxFails: 4, statuses: ['5xx', 429], latency: 1000, requests: 9 },
		},
	]);
});

test.each([
	['health_uri health', '3:13 bad_value'],
	['health_uri "/a b"', '3:13 bad_value'],
	['health_uri /\n health_interval 0', '4:18 bad_value'],
	['health_uri /\n health_status ok', '4:16 bad_value'],
	['health_uri /\n health_body (', '4:14 bad_value'],
	['health_uri /\n health_headers {\n X {host}\n}', '5:2 bad_value'],
	['health_interval 1s', '3:2 conflict'],
	['health_follow_redirects', '3:2 unsupported'],
	['max_fails 0', '3:12 bad_value'],
])('%j is refused at %s', (lines, expected) => {
	expect(refused(`reverse_proxy a:1 {\n ${lines}\n}`)).toBe(expected);
});

test('who does not answer its checks as it should gets no requests until it does', async () => {
	let status = 200;
	const checks: string[] = [];
	const one = await upstream((request, response) => {
		if (request.url !== '/up?x=1') response.end('one');
		else {
			checks.push(`${request.method} ${request.headers.host} ${request.headers['x-check']}`);
			response.writeHead(status).end(status === 204 ? '' : 'I am well');
		}
	});
	const two = await upstream((request, response) => void response.end(request.url === '/up?x=1' ? 'well, too' : 'two'));
	const log = new CapturingLogger();
	const site = await serveSite(
		`reverse_proxy ${one} ${two} {\n lb_policy first\n health_uri /up?x=1\n health_interval 5ms\n health_body well\n health_fails 2\n health_headers {\n Host up.test\n X-Check yes\n }\n}`,
		{ log },
	);
	const answers = (text: string) => eventually(text, async () => (await site.ask('/')).body === text);
	await answers('one');
	status = 500;
	await answers('two');
	status = 200;
	await answers('one');
	status = 204;
	await answers('two');
	expect(new Set(checks)).toEqual(new Set(['GET up.test yes']));
	expect(log.records.map(({ message }) => message)).toEqual([
		`The upstream ${one} gets no more requests: it answers with 500`,
		`The upstream ${one} is up again`,
		`The upstream ${one} gets no more requests: its answer is not as 'health_body' says`,
	]);
});

test('checks that get no answer fail, and when nobody is well the answer is 503', async () => {
	const mute = await upstream((request, response) => {
		if (request.url !== '/up') response.end('mute');
	});
	const site = await serveSite(
		`reverse_proxy ${mute} ${await nowhere()} {\n health_uri /up\n health_timeout 10ms\n health_interval 20ms\n}`,
	);
	await eventually('503', async () => (await site.ask('/')).status === 503);
});

test('a check may be at another port', async () => {
	const one = await upstream((_, response) => void response.end('one'));
	const health = await upstream((_, response) => void response.writeHead(500).end());
	const port = health.split(':')[1];
	const site = await serveSite(`reverse_proxy ${one} {\n health_port ${port}\n}`);
	await eventually('503', async () => (await site.ask('/')).status === 503);
});

const broken: RequestListener = (_, response) => void response.writeHead(500).end('broken');
const named =
	(name: string): RequestListener =>
	(_, response) =>
		void response.end(name);

test('who fails too often gets no requests for a while', async () => {
	const [one, two] = [await upstream(broken), await upstream(named('two'))];
	const site = await serveSite(
		`reverse_proxy ${one} ${two} {\n lb_policy first\n fail_duration 1h\n max_fails 2\n unhealthy_status 5xx\n}`,
	);
	const answers: string[] = [];
	for (let time = 0; time < 4; time++) answers.push((await site.ask('/')).body);
	expect(answers).toEqual(['broken', 'broken', 'two', 'two']);
});

test('who cannot be reached is asked by one request only', async () => {
	const site = await serveSite(
		`reverse_proxy ${await nowhere()} ${await upstream(named('two'))} {\n lb_policy first\n fail_duration 1h\n}`,
	);
	const answers: number[] = [];
	for (let time = 0; time < 3; time++) answers.push((await site.ask('/')).status);
	expect(answers).toEqual([502, 200, 200]);
});

test('failures are forgotten', async () => {
	const one = await upstream(broken);
	const site = await serveSite(`reverse_proxy ${one} {\n fail_duration 30ms\n unhealthy_status 500\n}`);
	expect((await site.ask('/')).body).toBe('broken');
	await eventually('asked again', async () => (await site.ask('/')).body === 'broken');
});

test('who has enough to do gets nothing more', async () => {
	const asked = Promise.withResolvers<void>();
	const release = Promise.withResolvers<void>();
	const one = await upstream(async (_, response) => {
		asked.resolve();
		await release.promise;
		response.end('one');
	});
	const site = await serveSite(`reverse_proxy ${one} {\n unhealthy_request_count 1\n}`);
	const first = site.ask('/');
	await asked.promise;
	expect((await site.ask('/')).status).toBe(503);
	release.resolve();
	expect((await first).body).toBe('one');
	await eventually('free again', async () => (await site.ask('/')).status === 200);
});
