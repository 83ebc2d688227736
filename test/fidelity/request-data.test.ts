import { describe, expect, test } from 'vitest';
import { MODES, usePages } from './support/pages.ts';

const pages = usePages(
	{
		input: `echo json_encode([
			'first' => file_get_contents('php://input'),
			'post' => $_POST,
			'again' => file_get_contents('php://input'),
			'length' => strlen(stream_get_contents(fopen('php://input', 'r'))),
			'method' => $_SERVER['REQUEST_METHOD'],
		]);`,
		globals: `echo json_encode(['get' => $_GET, 'post' => $_POST, 'cookie' => $_COOKIE, 'request' => $_REQUEST, 'env' => $_ENV['APP'] ?? null]);`,
		files: `
			$moved = [];
			$walk = static function (array|string $names) use (&$walk, &$moved) {
				foreach ((array) $names as $name) {
					if (is_array($name)) $walk($name);
					elseif ($name !== '') $moved[] = [is_uploaded_file($name), file_get_contents($name)];
				}
			};
			foreach ($_FILES as $file) $walk($file['tmp_name']);
			$names = array_column($_FILES, 'tmp_name');
			array_walk_recursive($names, static function ($name) { leave('uploaded', $name); });
			if (isset($_GET['move'])) {
				$to = state('moved');
				$moved[] = [move_uploaded_file($_FILES['one']['tmp_name'], $to), file_get_contents($to)];
			}
			echo json_encode(['post' => $_POST, 'files' => $_FILES, 'moved' => $moved]);`,
		there: `echo json_encode(is_file(file_get_contents(state('uploaded'))));`,
		many: `echo count($_POST), ' ', error_get_last()['message'] ?? '';`,
	},
	{
		env: { APP: 'test' },
		phpIni: {
			variables_order: 'EGPCS',
			request_order: 'CGP',
			upload_max_filesize: '1K',
			post_max_size: '8K',
			max_file_uploads: '3',
			max_input_vars: '10',
			display_errors: '0',
		},
	},
);

function form(entries: Readonly<Record<string, string | Blob>>): FormData {
	const data = new FormData();
	for (const [name, value] of Object.entries(entries)) {
		if (typeof value === 'string') data.append(name, value);
		else data.append(name, value, `${name.replace(/\W/g, '')}.txt`);
	}
	return data;
}

describe.each(MODES)('what a request brings, %s', (mode) => {
	test('php://input can be read again and again, $_POST does not use it up', async () => {
		const body = new URLSearchParams({ a: '1', b: 'x y' });
		expect(await pages.json(mode, 'input', { method: 'POST', body })).toEqual({
			first: 'a=1&b=x+y',
			post: { a: '1', b: 'x y' },
			again: 'a=1&b=x+y',
			length: 9,
			method: 'POST',
		});
	});

	test.each(['PUT', 'PATCH', 'DELETE', 'QUERY'])('the body of %s', async (method) => {
		const answer = await pages.json(mode, 'input', { method, body: '{"json":true}' });
		expect(answer).toMatchObject({ first: '{"json":true}', again: '{"json":true}', post: [], method });
	});

	test('a chunked body, and the next request on the same thread has none', async () => {
		const head = ['Transfer-Encoding: chunked', 'Content-Type: application/x-www-form-urlencoded'];
		const raw = await pages.raw(mode, 'input', head, { method: 'POST', body: '3\r\na=1\r\n4\r\n&b=2\r\n0\r\n\r\n' });
		expect(raw).toContain('"first":"a=1&b=2","post":{"a":"1","b":"2"}');
		expect(await pages.json(mode, 'input')).toMatchObject({ first: '', post: [] });
	});

	test('variables_order and request_order', async () => {
		const answer = await pages.json(mode, 'globals', {
			method: 'POST',
			query: 'x=get&only=get',
			headers: { cookie: 'x=cookie; c=1' },
			body: new URLSearchParams({ x: 'post' }),
		});
		expect(answer).toMatchObject({
			get: { x: 'get' },
			post: { x: 'post' },
			cookie: { x: 'cookie', c: '1' },
			request: { x: 'post', only: 'get', c: '1' },
			env: 'test',
		});
	});

	test('superglobals of a request are gone with it', async () => {
		await pages.json(mode, 'globals', {
			method: 'POST',
			headers: { cookie: 'c=1' },
			body: new URLSearchParams({ p: '1' }),
		});
		expect(await pages.json(mode, 'globals')).toMatchObject({ get: { page: 'globals' }, post: [], cookie: [] });
	});

	test('multipart: fields, files, arrays of files', async () => {
		const body = form({
			field: 'value',
			one: new Blob(['first']),
			'list[a]': new Blob(['second']),
			'list[b]': new Blob(['third']),
		});
		const { post, files, moved } = await pages.json<{
			post: object;
			files: Record<string, { name: unknown; error: unknown; size: unknown }>;
			moved: [boolean, string][];
		}>(mode, 'files', { method: 'POST', body });
		expect(post).toEqual({ field: 'value' });
		expect(files.one).toMatchObject({ name: 'one.txt', error: 0, size: 5 });
		expect(files.list).toMatchObject({ name: { a: 'lista.txt', b: 'listb.txt' }, error: { a: 0, b: 0 } });
		expect(moved.map(([, text]) => text).sort()).toEqual(['first', 'second', 'third']);
		expect(moved.every(([uploaded]) => uploaded)).toBe(true);
	});

	test('an uploaded file can be moved; one that is not is gone after the request', async () => {
		const moved = await pages.json(mode, 'files', {
			method: 'POST',
			query: 'move=1',
			body: form({ one: new Blob(['x']) }),
		});
		expect(moved.moved).toContainEqual([true, 'x']);
		await pages.json(mode, 'files', { method: 'POST', body: form({ one: new Blob(['x']) }) });
		expect(await pages.json(mode, 'there')).toBe(false);
	});

	test('upload_max_filesize and max_file_uploads', async () => {
		const large = await pages.json<{ files: Record<string, { error: number }> }>(mode, 'files', {
			method: 'POST',
			body: form({ one: new Blob(['x'.repeat(2000)]) }),
		});
		expect(large.files.one?.error).toBe(1);
		const body = form({ a: new Blob(['a']), b: new Blob(['b']), c: new Blob(['c']), d: new Blob(['d']) });
		const many = await pages.json<{ files: object }>(mode, 'files', { method: 'POST', body });
		expect(Object.keys(many.files)).toEqual(['a', 'b', 'c']);
	});

	test('post_max_size: nothing of the body is taken over', async () => {
		const body = new URLSearchParams({ a: 'x'.repeat(9000) });
		expect(await pages.json(mode, 'globals', { method: 'POST', body })).toMatchObject({ post: [] });
		expect(await pages.json(mode, 'globals', { method: 'POST', body: new URLSearchParams({ a: '1' }) })).toMatchObject({
			post: { a: '1' },
		});
	});

	test('max_input_vars: PHP itself takes one more, and says so', async () => {
		const body = new URLSearchParams(Array.from({ length: 20 }, (_, index) => [`v${index}`, '1']));
		expect(await pages.text(mode, 'many', { method: 'POST', body })).toMatch(/^11 .*exceeded 10/);
	});
});
