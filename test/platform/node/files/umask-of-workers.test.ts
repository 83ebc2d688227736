import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Server } from '../../../../src/index.ts';
import { platform } from '../../../support/node/platform.ts';

const files = platform.emptyFolder();
let server: Server;

beforeAll(async () => {
	files.write(
		'worker.php',
		'<?php umask(0027); while (frankenphp_handle_request(function () { echo umask(); umask(0); }));',
	);
	files.write('plain.php', '<?php echo umask(); umask(0); throw new Exception("lost");');
	server = await files.serve({ threads: 1, workers: [{ file: 'worker.php', num: 1 }], log: false });
});
afterAll(async () => {
	await server.close();
	files.discard();
});

const ask = async (path: string): Promise<string> => (await (await server.fetch(path)).text()).split('\n')[0] as string;

test("the umask of a worker's script counts for each of its requests, and a request's own ends with it", async () => {
	for (let request = 0; request < 3; request++) expect(Number.parseInt(await ask('/worker.php'), 10)).toBe(0o27);
});

test('a request that ends by an error takes its umask along', async () => {
	for (let request = 0; request < 3; request++) {
		expect(Number.parseInt(await ask('/plain.php'), 10)).toBe(process.umask());
	}
});
