import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { cleanUp, Igor, writeApp } from './support/igor.ts';

afterAll(cleanUp);

test('a Caddyfile shows further folders; what is not shown is in the log', { timeout: 60_000 }, async () => {
	// Not in /tmp, of which PHP has its own.
	const elsewhere = mkdtempSync('/var/tmp/igor-folders-');
	writeFileSync(join(elsewhere, 'code.php'), '<?php return "from elsewhere";');
	try {
		const port = await freePort();
		const index = `<?php echo json_encode([require '/shared/code.php', @file_put_contents('/shared/new', 'x'),
			@file_put_contents(__DIR__ . '/own/new', 'x'), file_exists('${elsewhere}/code.php'), scandir('/shared')]);`;
		const server = `http://127.0.0.1:${port} {\n\troot public\n\tphp_server {\n\t\tvisible ${elsewhere}:/shared:ro own\n\t}\n}`;
		const folder = writeApp({
			Caddyfile: `{\n\tadmin off\n}\n${server}\n`,
			'public/index.php': index,
			'own/keep': '',
		});
		rmSync(join(folder, 'own/keep'));
		const igor = new Igor(['run'], folder);
		await igor.ready();
		const answer = await (await fetch(`http://127.0.0.1:${port}/`)).json();
		expect(answer).toEqual(['from elsewhere', false, false, false, ['.', '..', 'code.php']]);
		await igor.until(() => igor.stderr.includes('does not see it'));
		const [line] = igor.stderr.split('\n').filter((text) => text.includes('does not see it'));
		expect(JSON.parse(line as string)).toMatchObject({
			msg: `PHP asked for ${elsewhere}/code.php, which exists, but PHP does not see it: --mount ${elsewhere}:ro, or "visible ${elsewhere}:ro" in a php_server, shows the folder.`,
		});
		expect(readdirSync(elsewhere)).toEqual(['code.php']);
	} finally {
		rmSync(elsewhere, { recursive: true });
	}
});
