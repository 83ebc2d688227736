import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { MOST_BYTES, MOST_FILES, makeProject } from '../../../playground/src/share/project.ts';
import { readZip } from '../../../playground/src/share/read-zip.ts';

const zip = (files: Record<string, string | Uint8Array>) =>
	zipSync(
		Object.fromEntries(
			Object.entries(files).map(([name, content]) => [name, typeof content === 'string' ? strToU8(content) : content]),
		),
		{ level: 1 },
	) as Uint8Array<ArrayBuffer>;
const PICTURE = Uint8Array.of(0x89, 0x50, 0, 0xff);

describe('a project in a zip', () => {
	it('has its text and its other files, without the folder around them and what does not run', () => {
		const project = readZip(
			'app.zip',
			zip({
				'app-main/public/index.php': '<?php while (frankenphp_handle_request(fn () => print "é"));',
				'app-main/public/logo.png': PICTURE,
				'app-main/.git/HEAD': 'ref',
				'__MACOSX/app-main/x': 'x',
				'app-main/node_modules/a/b.js': 'x',
			}),
		);
		expect(Object.keys(project.files)).toEqual(['public/index.php']);
		expect(project.files['public/index.php']).toContain('é');
		expect(project.binaries).toEqual({ 'public/logo.png': PICTURE });
		expect(project.settings).toMatchObject({ root: 'public', workers: [{ file: 'public/index.php', num: 2 }] });
	});

	it('is served from its folder when it has no public one', () => {
		expect(readZip('app.zip', zip({ 'index.php': '<?php echo 1;' })).settings).toMatchObject({
			root: '.',
			workers: [],
		});
	});

	it.each([
		['../outside.php', /lies inside the app/],
		['a/../../outside.php', /lies inside the app/],
		['/etc/passwd', /lies inside the app/],
		['a\\b.php', /no control characters and no \\/],
	])('is refused for the name %s', (name, sentence) => {
		expect(() => readZip('app.zip', zip({ [name]: 'x', 'index.php': 'x' }))).toThrow(sentence);
	});

	it('is refused when a name is both a file and a folder', () => {
		expect(() => readZip('app.zip', zip({ a: 'x', 'a/b': 'y' }))).toThrow(/both a file and a folder “a”/);
	});

	it('is refused when it is damaged, empty, or no zip', () => {
		const whole = zip({ 'index.php': 'x'.repeat(1000) });
		expect(() => readZip('app.zip', strToU8('<html>') as Uint8Array<ArrayBuffer>)).toThrow(/no zip archive/);
		expect(() => readZip('app.zip', whole.slice(0, whole.length / 2))).toThrow(/no zip archive, or it is damaged/);
		expect(() => readZip('app.zip', zip({ '.git/HEAD': 'x' }))).toThrow(/holds no files/);
	});

	it('is refused before it fills the memory', () => {
		const bomb = zip({ 'a.txt': new Uint8Array(MOST_BYTES / 2), 'b.txt': new Uint8Array(MOST_BYTES / 2 + 1) });
		expect(bomb.length).toBeLessThan(100_000);
		expect(() => readZip('app.zip', bomb)).toThrow(/bigger than the 32 MB/);
		const many = new Map(Array.from({ length: MOST_FILES + 1 }, (_, index) => [`${index}.txt`, new Uint8Array(0)]));
		expect(() => makeProject('many', many)).toThrow(/5001 files[\s\S]*Leave out/);
	});
});
