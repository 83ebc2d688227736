import { expect, test } from 'vitest';
import type { ResolvedWorker } from '../../../src/config/options.ts';
import { workersBelow } from '../../../src/site/php/workers-below.ts';
import { CapturingLogger } from '../../support/capturing-logger.ts';

const worker = (file: string) => ({ file }) as ResolvedWorker;

test('workers are known by their path below the root; one that is outside is warned about', () => {
	const log = new CapturingLogger();
	const workers = ['/app/public/index.php', '/app/public-not/index.php', '/app/public/api/v1.php'].map(worker);
	expect([...workersBelow({ root: '/app/public', workers }, log)]).toEqual([
		['/index.php', 0],
		['/api/v1.php', 2],
	]);
	expect(log.records.map(({ level, message }) => `${level}: ${message}`)).toEqual([
		'warn: The worker /app/public-not/index.php gets no requests: it is outside the root /app/public.',
	]);
});

test('the root of the disk has workers below it, too', () => {
	const log = new CapturingLogger();
	expect([...workersBelow({ root: '/', workers: [worker('/w.php')] }, log)]).toEqual([['/w.php', 0]]);
	expect(log.records).toEqual([]);
});
