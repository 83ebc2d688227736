import { describe, expect, test } from 'vitest';
import { MODES } from '../../support/application.ts';
import { useFidelityServer } from './support/fidelity-server.ts';
import { multipart } from './support/multipart.ts';

const FORM = ['Content-Type', 'application/x-www-form-urlencoded'];

const fidelity = useFidelityServer({
	phpIni: {
		upload_max_filesize: '1K',
		post_max_size: '4K',
		max_file_uploads: '3',
		max_input_vars: '4',
		display_errors: '0',
	},
});

type Body = { first: string; post: unknown; second: string; third: string; method: string };
type Form = { post: unknown; files: Record<string, Record<string, unknown>>; input: string };

describe.each(MODES)('the body of a %s request', (mode) => {
	test('can be read again and again, before and after $_POST', async () => {
		const text = 'a=1&b%5B%5D=2&b%5B%5D=3';
		const body = await fidelity().ask<Body>(mode, 'body', { method: 'POST', headers: FORM, body: text });
		const post = { a: '1', b: ['2', '3'] };
		expect(body).toEqual({ first: text, post, second: text, third: text, method: 'POST' });
	});

	test('can be read in parts and rewound', async () => {
		const parts = await fidelity().ask<string[]>(mode, 'body-parts', { method: 'POST', body: 'four, then more' });
		expect(parts).toEqual(['four', ', then more', 'four, then more']);
	});

	test.each([
		'PUT',
		'PATCH',
		'DELETE',
		'QUERY',
	])('of the method %s is in php://input, and not in $_POST', async (method) => {
		const body = await fidelity().ask<Body>(mode, 'body', { method, headers: FORM, body: 'a=1' });
		expect(body).toEqual({ first: 'a=1', post: [], second: 'a=1', third: 'a=1', method });
	});

	test('of another type is not in $_POST', async () => {
		const headers = ['Content-Type', 'application/json'];
		const body = await fidelity().ask<Body>(mode, 'body', { method: 'POST', headers, body: '{"a":1}' });
		expect(body).toMatchObject({ first: '{"a":1}', post: [], third: '{"a":1}' });
	});

	test('in chunks is one text, and a form as any other', async () => {
		const body = await fidelity().ask<Body>(mode, 'body', { method: 'POST', headers: FORM, body: ['a=', '1&b', '=2'] });
		expect(body).toMatchObject({ first: 'a=1&b=2', post: { a: '1', b: '2' }, second: 'a=1&b=2' });
	});

	test('of the former request is not seen by the next', async () => {
		await fidelity().ask(mode, 'body', { method: 'POST', headers: FORM, body: 'a=1' });
		const body = await fidelity().ask<Body>(mode, 'body');
		expect(body).toEqual({ first: '', post: [], second: '', third: '', method: 'GET' });
	});

	test('over post_max_size is no $_POST', async () => {
		const text = `a=${'x'.repeat(5000)}`;
		const { post } = await fidelity().ask<Form>(mode, 'form', { method: 'POST', headers: FORM, body: text });
		expect(post).toEqual([]);
	});

	test('with many more variables than max_input_vars is cut', async () => {
		const request = { method: 'POST', headers: FORM, body: 'a=1&b=2&c=3&d=4&e=5&f=6&g=7' };
		const { post } = await fidelity().ask<Form>(mode, 'form', request);
		// PHP counts a variable of a body after it has stored it: one more than the limit gets through.
		expect(post).toEqual({ a: '1', b: '2', c: '3', d: '4', e: '5' });
	});
});

describe.each(MODES)('a multipart form of a %s request', (mode) => {
	test('has its fields in $_POST, its files in $_FILES, and no php://input', async () => {
		const form = await fidelity().ask<Form>(
			mode,
			'form',
			multipart([
				{ name: 'text', value: 'välue' },
				{ name: 'list[]', value: 'one' },
				{ name: 'list[]', value: 'two' },
				{ name: 'file', value: 'content\r\nof two lines', file: 'C:/dir/nöte.txt', type: 'text/plain' },
			]),
		);
		expect(form).toEqual({
			post: { text: 'välue', list: ['one', 'two'] },
			files: {
				file: {
					name: 'nöte.txt',
					full_path: 'C:/dir/nöte.txt',
					type: 'text/plain',
					error: 0,
					size: 21,
					tmp_name: 'content\r\nof two lines',
				},
			},
			input: '',
		});
	});

	test('has arrays of files, spelled PHP’s way', async () => {
		const { files } = await fidelity().ask<Form>(
			mode,
			'form',
			multipart([
				{ name: 'f[]', value: 'zero', file: '0.txt' },
				{ name: 'f[]', value: 'one', file: '1.txt', type: 'a/b' },
				{ name: 'f[key]', value: '', file: '' },
			]),
		);
		expect(files).toEqual({
			f: {
				name: { 0: '0.txt', 1: '1.txt', key: '' },
				full_path: { 0: '0.txt', 1: '1.txt', key: '' },
				type: { 0: '', 1: 'a/b', key: '' },
				tmp_name: { 0: 'zero', 1: 'one', key: null },
				error: { 0: 0, 1: 0, key: 4 },
				size: { 0: 4, 1: 3, key: 0 },
			},
		});
	});

	test('reports a file over upload_max_filesize', async () => {
		const { files, post } = await fidelity().ask<Form>(
			mode,
			'form',
			multipart([
				{ name: 'big', value: 'x'.repeat(1025), file: 'big.txt' },
				{ name: 'small', value: 'x'.repeat(1024), file: 'small.txt' },
				{ name: 'after', value: 'here' },
			]),
		);
		expect(files.big).toMatchObject({ name: 'big.txt', error: 1, size: 0, tmp_name: null });
		expect(files.small).toMatchObject({ error: 0, size: 1024 });
		expect(post).toEqual({ after: 'here' });
	});

	test('over post_max_size is empty', async () => {
		const form = await fidelity().ask<Form>(mode, 'form', multipart([{ name: 'text', value: 'x'.repeat(5000) }]));
		expect(form).toMatchObject({ post: [], files: [] });
	});

	test('with more files than max_file_uploads loses the rest', async () => {
		const names = ['a', 'b', 'c', 'd', 'e'];
		const parts = names.map((name) => ({ name, value: name, file: `${name}.txt` }));
		const { files } = await fidelity().ask<Form>(mode, 'form', multipart(parts));
		expect(Object.keys(files)).toEqual(['a', 'b', 'c']);
	});

	test('gives files that can be moved once, and are gone afterwards', async () => {
		const form = multipart([
			{ name: 'kept', value: 'kept', file: 'kept.txt' },
			{ name: 'moved', value: 'moved', file: 'moved.txt' },
		]);
		type Upload = { temporary: string[]; target: string };
		const upload = await fidelity().ask<Upload>(mode, 'upload', form);
		expect(upload).toMatchObject({
			uploaded: [true, false, false],
			forgery: false,
			moved: true,
			again: false,
			afterwards: [false, false, 'moved'],
		});
		const body = JSON.stringify([...upload.temporary, upload.target]);
		expect(await fidelity().ask(mode, 'exists', { method: 'POST', body })).toEqual([false, false, true]);
	});
});

describe('with enable_post_data_reading=0', () => {
	const unread = useFidelityServer({ phpIni: { enable_post_data_reading: '0' } });

	test.each(MODES)('a form of a %s request is in php://input only', async (mode) => {
		const request = multipart([{ name: 'text', value: 'here' }]);
		expect(await unread().ask(mode, 'form', request)).toEqual({ post: [], files: [], input: request.body });
	});

	test.each(MODES)('request_parse_body() of a %s request reads it', async (mode) => {
		const request = multipart([
			{ name: 'text', value: 'here' },
			{ name: 'file', value: 'there', file: 'a.txt' },
		]);
		expect(await unread().ask(mode, 'parse-body', { ...request, method: 'PUT' })).toEqual({
			before: [[], []],
			post: { text: 'here' },
			files: { file: 'there' },
		});
	});
});
