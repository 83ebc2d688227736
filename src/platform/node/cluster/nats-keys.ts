import type { Holder, LeaseRecord, SharedKey } from '../../../cluster/engine.ts';

/** The buckets of a fleet. */
export function bucketsOf(fleet: string): { leases: string; snapshots: string } {
	return { leases: `igor-leases-${encoded(fleet)}`, snapshots: `igor-snapshots-${encoded(fleet)}` };
}

/** Where servers of a fleet talk about tasks; `key`: see keyOf(). */
export function taskSubjects(fleet: string) {
	const all = `igor-tasks-${encoded(fleet)}`;
	return {
		offers: (key: string) => `${all}.offers.${key}`,
		free: (key: string) => `${all}.free.${key}`,
		/** Of one server. */
		at: (holder: string) => `${all}.at.${encoded(holder)}`,
	};
}

/** The key of a shared name: both parts encoded, for NATS takes few characters, and a dot between them. */
export function keyOf({ scope, name }: SharedKey): string {
	return `${encoded(scope)}.${encoded(name)}`;
}

/** All keys of a scope. */
export function scopePattern(scope: string): string {
	return `${encoded(scope)}.*`;
}

/** The name in a key. */
export function nameOf(key: string): string {
	return Buffer.from(key.slice(key.indexOf('.') + 1), 'base64url').toString('utf8');
}

export function encodeLease({ id, label }: Holder, since: number): string {
	return JSON.stringify({ id, label, since });
}

/** Undefined = nobody of ours has written this. */
export function decodeLease(bytes: Uint8Array): Omit<LeaseRecord, 'revision'> | undefined {
	try {
		const { id, label, since }: Record<string, unknown> = JSON.parse(Buffer.from(bytes).toString('utf8'));
		if (typeof id !== 'string' || typeof label !== 'string' || typeof since !== 'number') return undefined;
		return { holder: { id, label }, since };
	} catch {
		return undefined;
	}
}

function encoded(text: string): string {
	return Buffer.from(text).toString('base64url');
}
