import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { useResponseApplication } from './support/response-application.ts';

const folder = mkdtempSync(join(tmpdir(), 'igor-around-'));
for (const file of ['before.php', 'after.php']) {
	cpSync(fileURLToPath(new URL(`response-fixtures/${file}`, import.meta.url)), join(folder, file));
}
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const app = useResponseApplication({
	phpIni: { auto_prepend_file: 'before.php', auto_append_file: 'after.php', include_path: folder },
});

test('auto_prepend_file and auto_append_file surround each classic script', async () => {
	for (let i = 0; i < 2; i++) expect((await app().ask('classic', 'hello')).body).toBe('<before>hello<after>');
});

test('they surround the script of a worker, once: no request sees them', async () => {
	for (let i = 0; i < 2; i++) expect((await app().ask('worker', 'hello')).body).toBe('hello');
});
