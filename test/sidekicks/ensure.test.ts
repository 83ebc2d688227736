import { describe, expect, it } from 'vitest';
import { refusal, World } from './world.ts';

describe('ensure', () => {
	it('starts a sidekick once, however often it is asked for', () => {
		const world = new World();
		expect(world.ensure('a')).toEqual({ ok: true, handles: [1] });
		expect(world.ensure('a', 'b', 'a')).toEqual({ ok: true, handles: [1, 2, 1] });
		expect(world.runs.map((run) => [run.name, run.handle, run.attempt])).toEqual([
			['a', 1, 1],
			['b', 2, 1],
		]);
		expect(world.registry.list().map((info) => info.name)).toEqual(['a', 'b']);
	});

	it('names the directive and the flag when there is no entrypoint', () => {
		const world = new World({ entrypoint: undefined });
		const { code, message } = refusal(world.ensure('a'));
		expect(code).toBe('no_entrypoint');
		expect(message).toContain('"sidekick_entrypoint FILE" to the php_server block');
		expect(message).toContain('--sidekick-entrypoint FILE');
		expect(world.cells.size).toBe(0);
	});

	it('reports a missing entrypoint at once, but not for what runs already', () => {
		const world = new World();
		world.ready('a');
		world.problem = 'The file /app/bin/console does not exist.';
		expect(world.ensure('a').ok).toBe(true);
		expect(world.problemChecks).toBe(1);
		const { code, message } = refusal(world.ensure('a', 'b'));
		expect(code).toBe('bad_entrypoint');
		expect(message).toContain('does not exist');
		expect(world.runs).toHaveLength(1);
		expect(world.cells.size).toBe(1);
	});

	it('refuses all names when the limit would be passed', () => {
		const world = new World({ max: 2 });
		world.ensure('a');
		const { code, message } = refusal(world.ensure('a', 'b', 'c'));
		expect(code).toBe('limit_reached');
		expect(message).toMatch(/at most 2 .*sidekick \{ max N \}.*--sidekick-max/);
		expect(world.runs).toHaveLength(1);
		expect(world.ensure('a', 'b').ok).toBe(true);
	});

	it('has a limit of 16 by default, and repeated names count once', () => {
		const world = new World();
		const names = Array.from({ length: 16 }, (_, i) => `s${i}`);
		expect(world.ensure(...names, ...names).ok).toBe(true);
		expect(refusal(world.ensure('one more')).message).toContain('16');
	});

	it('gives cells back when there are not enough', () => {
		const world = new World();
		world.capacity = 1;
		expect(refusal(world.ensure('a', 'b')).code).toBe('no_free_cell');
		expect(world.cells.size).toBe(0);
		expect(world.runs).toHaveLength(0);
		expect(world.registry.list()).toEqual([]);
		expect(world.ensure('a').ok).toBe(true);
	});

	it('lets a start fail before it returns', () => {
		const world = new World({ maxConsecutiveFailures: 1 });
		world.endAtOnce = { kind: 'startFailed', message: 'no memory' };
		expect(world.ensure('a').ok).toBe(true);
		expect(world.registry.list()).toEqual([]);
		expect(world.failures[0]?.reason).toContain('no memory');
	});
});

describe('cycles of waits', () => {
	it('names a → b → a, and starts nothing for it', () => {
		const world = new World();
		world.ensure('a');
		expect(world.registry.ensure(['b'], 'a').ok).toBe(true);
		const { code, message } = refusal(world.registry.ensure(['c', 'a'], 'b'));
		expect(code).toBe('wait_cycle');
		expect(message).toContain('b → a → b');
		expect(world.runs).toHaveLength(2);
	});

	it('refuses a → a until a has published', () => {
		const world = new World();
		world.ensure('a');
		expect(refusal(world.registry.ensure(['a'], 'a')).message).toContain('a → a');
		world.run('a').publishSilently();
		expect(world.registry.ensure(['a'], 'a').ok).toBe(true);
	});

	it('ends with the publication', () => {
		const world = new World();
		world.ensure('a');
		world.registry.ensure(['b'], 'a');
		world.run('b').publish();
		expect(world.registry.ensure(['a'], 'b').ok).toBe(true);
	});

	it('ends with the wait', () => {
		const world = new World();
		world.ensure('a');
		world.registry.ensure(['b'], 'a');
		world.registry.waitEnded('a', ['b']);
		world.registry.waitEnded(undefined, ['b']);
		expect(world.registry.ensure(['a'], 'b').ok).toBe(true);
	});

	it('ends with the run of the waiter', () => {
		const world = new World();
		world.ensure('a');
		world.registry.ensure(['b'], 'a');
		world.run('a').exit(1);
		expect(world.registry.ensure(['a'], 'b').ok).toBe(true);
	});

	it('ends with the sidekick waited for', () => {
		const world = new World({ maxConsecutiveFailures: 1 });
		world.ensure('a');
		world.registry.ensure(['b'], 'a');
		world.run('b').exit(1);
		world.ensure('b');
		expect(world.registry.ensure(['a'], 'b').ok).toBe(true);
	});

	it('leaves no edge behind when it was refused', () => {
		const world = new World();
		world.ensure('a', 'b');
		world.registry.ensure(['b'], 'a');
		world.registry.ensure(['a'], 'b');
		world.registry.waitEnded('a', ['b']);
		expect(world.registry.ensure(['b'], 'a').ok).toBe(true);
	});
});
