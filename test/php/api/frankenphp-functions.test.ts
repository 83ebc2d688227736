import { describe, expect, test } from 'vitest';
import { Application, MODES } from '../../support/application.ts';
import { eventually } from '../../support/eventually.ts';
import { useApplication } from '../../support/use-application.ts';

const app = useApplication({ threads: 1 });

type Thrown = { class: string; message: string } | null;

const SIGNATURES = [
	'frankenphp_handle_request(callable $callback): bool',
	'frankenphp_get_vars(string $name): array',
	'frankenphp_set_vars(array $vars): void',
	'frankenphp_sidekick_get_vars(array|string $name, float $timeout = 30.0): array',
	'frankenphp_sidekick_set_vars(array $vars): void',
	'frankenphp_sidekick_should_stop(): bool',
	'headers_send(int $status = 200): int',
	'frankenphp_finish_request(): bool',
	'fastcgi_finish_request(): bool',
	'frankenphp_request_headers(): array',
	'apache_request_headers(): array',
	'getallheaders(): array',
	'frankenphp_response_headers(): array|bool',
	'apache_response_headers(): array|bool',
	'frankenphp_log(string $message, int $level = 0, array $context = []): void',
];

describe.each(MODES)('in %s mode', (mode) => {
	test('all functions are internal ones of the extension frankenphp, with full types', async () => {
		const signatures = await app().value<Record<string, string>>(mode, 'signatures');
		expect(Object.values(signatures)).toEqual(SIGNATURES.map((signature) => `frankenphp: ${signature}`));
	});

	test('named arguments work, the engine refuses wrong ones', async () => {
		const value = await app().value<Record<string, Thrown>>(mode, 'named-arguments');
		expect(value.get_vars).toMatchObject({ name: 'ready:named' });
		expect(value['int timeout']).toEqual(value.get_vars);
		expect(value.unknown).toEqual({ class: 'Error', message: 'Unknown named parameter $names' });
		expect(value['wrong timeout']?.message).toContain('Argument #2 ($timeout) must be of type float, string given');
		expect(value['wrong name']?.message).toContain(
			'Argument #1 ($name) must be of type array|string, ArrayObject given',
		);
		expect(value.missing?.class).toBe('ArgumentCountError');
		expect(value['too many']?.class).toBe('ArgumentCountError');
		expect(value['not callable']).toMatchObject({ class: 'TypeError' });
		const [record] = await eventually('the record', () => app().log.matching('named arguments'));
		expect(record).toMatchObject({ level: 'warn', context: { by: 'name' } });
	});

	test('frankenphp_log() writes records of four levels, with a context', async () => {
		const start = app().log.records.length;
		expect(await app().value(mode, 'log')).toEqual([-4, 0, 4, 8]);
		const records = await eventually('the last record', () => {
			const ours = app().log.records.slice(start);
			return ours.some(({ message }) => message === 'żółć\nsecond line') && ours;
		});
		const record = (message: string) => records.find((one) => one.message === message);
		for (const level of ['debug', 'info', 'warn', 'error']) expect(record(level)?.level).toBe(level);
		expect(record('default level')).toMatchObject({ level: 'info' });
		expect(record('default level')?.context).not.toHaveProperty('context');
		expect(record('between')?.level).toBe('info');
		expect(record('beyond')?.level).toBe('error');
		expect(record('context')?.context).toMatchObject({
			key: 'value',
			list: [1, 2.5, null, true],
			nested: { ż: '/' },
		});
		expect(record('a list as context')?.context).toMatchObject({ 0: 'zero', 1: 'one' });
		expect(record('odd context')?.context).toMatchObject({ bytes: '\ufffd', stream: null });
	});

	test('frankenphp_request_headers() and its aliases give the headers of the request', async () => {
		const response = await app().server.fetch(Application.path(mode, 'request-headers'), {
			headers: { 'X-Custom-Header': 'a, b', Cookie: 'c=d', 'content-type': 'text/plain', host: 'example.test' },
		});
		const { value } = (await response.json()) as { value: Record<string, string>[] };
		expect(value).toHaveLength(3);
		for (const headers of value) {
			expect(headers).toMatchObject({ 'X-Custom-Header': 'a, b', Cookie: 'c=d', 'Content-Type': 'text/plain' });
		}
	});

	test('frankenphp_response_headers() and its alias give the headers of the response so far', async () => {
		const value = await app().value<Record<string, string>[]>(mode, 'response-headers');
		expect(value).toHaveLength(2);
		for (const headers of value) expect(headers).toMatchObject({ 'X-One': 'again', 'x-two': '2' });
	});

	test('after headers_send(103) the answer keeps its own status and headers', async () => {
		const response = await app().server.fetch(Application.path(mode, 'early-hints'));
		expect(response.status).toBe(201);
		expect(response.headers.get('x-final')).toBe('yes');
		expect(response.headers.get('link')).toBeNull();
		expect(await response.json()).toMatchObject({ value: { status: 201, sent: false } });
	});

	test('headers_send() sends the head at once; the body may take its time', async () => {
		app().remove('send-head.go');
		const response = await app().server.fetch(Application.path(mode, 'send-head'));
		expect(response.status).toBe(202);
		expect(response.headers.get('x-early')).toBe('yes');
		expect(await app().read('send-head.sent')).toBe('true');
		app().put('send-head.go');
		expect(await response.json()).toMatchObject({ value: 'late' });
	});

	test('headers_send() refuses what is no status', async () => {
		const errors = await app().value<Thrown[]>(mode, 'headers-send-invalid');
		expect(errors.map((error) => error?.class)).toEqual(['ValueError', 'ValueError', 'TypeError']);
	});

	test.each(['frankenphp_finish_request', 'fastcgi_finish_request'])('%s() ends the response only', async (name) => {
		for (const file of ['go', 'done']) app().remove(`${name}.${file}`);
		const response = await app().server.fetch(Application.path(mode, 'finish', { function: name }));
		expect(response.status).toBe(202);
		expect(response.headers.get('x-before')).toBe('yes');
		expect(response.headers.get('x-after')).toBeNull();
		expect(await response.text()).toBe('before');
		expect(app().has(`${name}.done`)).toBe(false);
		app().put(`${name}.go`);
		expect(JSON.parse(await app().read(`${name}.done`))).toEqual([true, false]);
		// The thread serves the next request as if nothing had been.
		expect(await app().value(mode, 'response-headers')).toHaveLength(2);
	});
});
