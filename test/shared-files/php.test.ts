import { afterAll, beforeAll, expect, test } from 'vitest';
import { SharedApplication } from './support/shared-application.ts';

let app: SharedApplication;

beforeAll(async () => {
	app = await SharedApplication.start({ 'lib.php': "<?php return 'from lib';" }, { threads: 3 });
});

afterAll(() => app[Symbol.asyncDispose]());

test('a script is included and files are written and read', async () => {
	expect(
		await app.php(`
			$lib = require '/app/lib.php';
			$written = file_put_contents('/tmp/a.txt', 'hello');
			return [$lib, $written, file_get_contents('/tmp/a.txt'), scandir('/tmp')];
		`),
	).toEqual(['from lib', 5, 'hello', ['.', '..', 'a.txt']]);
	expect(new TextDecoder().decode(app.files.read('/tmp/a.txt'))).toBe('hello');
});
