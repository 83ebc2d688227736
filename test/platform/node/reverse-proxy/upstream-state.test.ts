import { expect, test } from 'vitest';
import { UpstreamState } from '../../../../src/platform/node/reverse-proxy/upstream-state.ts';

test('failures count for their time, each for itself', () => {
	let now = 0;
	const passive = { failDuration: 100, maxFails: 2, statuses: [] };
	const state = new UpstreamState({ secure: false, to: { host: '::1', port: 80 } }, passive, () => now);
	expect(state.address).toBe('[::1]:80');
	state.countFailure();
	now = 60;
	expect(state.isAvailable).toBe(true);
	state.countFailure();
	now = 99;
	expect(state.isAvailable).toBe(false);
	now = 100;
	expect(state.isAvailable).toBe(true);
	// The one at 60 still counts.
	state.countFailure();
	now = 159;
	expect(state.isAvailable).toBe(false);
	now = 160;
	expect(state.isAvailable).toBe(true);
});

test('without a time, nothing counts', () => {
	const state = new UpstreamState(
		{ secure: false, to: { socket: '/s' } },
		{ failDuration: 0, maxFails: 1, statuses: [] },
	);
	state.countFailure();
	expect(state.isAvailable).toBe(true);
});
