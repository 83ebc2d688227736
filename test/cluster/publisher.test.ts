import { expect, test } from 'vitest';
import { RefusedError, type StoredSnapshot } from '../../src/cluster/engine.ts';
import { Publisher } from '../../src/cluster/publisher.ts';
import { decodeRecord, encodeRecord } from '../../src/cluster/snapshot-record.ts';

const TERM = 7;
const bytes = (text: string) => new TextEncoder().encode(text);

function soon(fn: () => void): () => void {
	const immediate = setImmediate(fn);
	return () => clearImmediate(immediate);
}

/** A bucket with one snapshot, and the lease of one holder. */
class Bucket {
	stored: StoredSnapshot | undefined;
	/** What was accepted, as TERM:TEXT. */
	readonly accepted: string[] = [];
	/** By the clock. */
	isHeld = true;
	/** As the next renewal will tell. */
	isLost = false;
	/** How many renewals there were. */
	confirmed = 0;
	/** Comes after the next write was decided: an answer that gets lost throws. */
	onWritten: (() => void) | undefined;
	#revision = 0;

	write(record: Uint8Array, before: number): number {
		if ((this.stored?.revision ?? 0) !== before) throw new RefusedError('wrong last sequence');
		this.stored = { revision: ++this.#revision, bytes: record };
		const { term, variables } = decodeRecord(record) ?? {};
		this.accepted.push(`${term}:${variables === undefined ? '' : new TextDecoder().decode(variables)}`);
		return this.#revision;
	}

	/** Another holder writes. */
	writeAs(term: number, text: string): void {
		const record = encodeRecord({ term, holder: 'b', variables: bytes(text) });
		this.write(record, this.stored?.revision ?? 0);
	}

	/** It is deleted and made anew: revisions begin again. */
	lose(): void {
		this.stored = undefined;
		this.#revision = 0;
	}

	publisher(): Publisher {
		return new Publisher(TERM, 'a', {
			clock: { now: () => 0, after: (_, fn) => soon(fn) },
			isHeld: () => this.isHeld,
			confirm: async () => {
				this.confirmed++;
				if (this.isLost) this.isHeld = false;
				return this.isHeld;
			},
			read: async () => this.stored,
			write: async (record, before) => {
				const revision = this.write(record, before);
				const { onWritten } = this;
				this.onWritten = undefined;
				onWritten?.();
				return revision;
			},
		});
	}
}

async function published(bucket: Bucket, ...texts: string[]): Promise<Publisher> {
	const publisher = bucket.publisher();
	await publisher.idle();
	for (const text of texts) {
		publisher.offer(bytes(text));
		await publisher.idle();
	}
	return publisher;
}

test('a new holder writes what is there as its own, then what is new', async () => {
	const bucket = new Bucket();
	bucket.writeAs(3, 'old');
	await published(bucket, 'new');
	expect(bucket.accepted).toEqual(['3:old', '7:old', '7:new']);
	expect(bucket.confirmed).toBe(1);
});

test('a publication that was refused because the one before got no answer is published', async () => {
	const bucket = new Bucket();
	const publisher = await published(bucket, '1');
	bucket.onWritten = () => {
		throw new Error('no answer');
	};
	publisher.offer(bytes('2'));
	await publisher.idle();
	publisher.offer(bytes('3'));
	await publisher.idle();
	expect(bucket.accepted.at(-1)).toBe('7:3');
	expect(bucket.accepted.indexOf('7:2')).toBeGreaterThan(bucket.accepted.indexOf('7:1'));
});

test('one that was refused because of the next holder is not, whatever number its lease has', async () => {
	for (const term of [TERM - 1, TERM, TERM + 1]) {
		const bucket = new Bucket();
		const publisher = await published(bucket, '1');
		bucket.writeAs(term, 'theirs');
		bucket.isLost = true;
		publisher.offer(bytes('2'));
		await publisher.idle();
		expect(bucket.accepted.slice(2)).toEqual([`${term}:theirs`]);
	}
});

test('what was published last is written again once the bucket was lost, also when nothing new comes', async () => {
	const bucket = new Bucket();
	const publisher = await published(bucket, '1', '2');
	bucket.lose();
	publisher.anew();
	await publisher.idle();
	expect(bucket.stored && decodeRecord(bucket.stored.bytes)?.variables).toEqual(bytes('2'));
	publisher.offer(bytes('3'));
	await publisher.idle();
	expect(bucket.accepted).toEqual(['7:', '7:1', '7:2', '7:2', '7:3']);
});

test('a bucket that is lost before the answer to a publication has come gets it, too', async () => {
	const bucket = new Bucket();
	const publisher = await published(bucket, '1');
	bucket.onWritten = () => {
		bucket.lose();
		publisher.anew();
	};
	publisher.offer(bytes('2'));
	await publisher.idle();
	expect(bucket.stored && decodeRecord(bucket.stored.bytes)?.variables).toEqual(bytes('2'));
});
