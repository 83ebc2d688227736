/**
 * What servers say to each other about tasks: version of the format, length of the head (u32), the head as JSON, and a part
 * of a payload or update. Who has sent it, nobody knows: what is no message of this format is undefined.
 */
const FORMAT = 1;
const FIXED = 5;
/** The longest head, bytes: more is nothing of ours. */
const LONGEST_HEAD = 512;
/** However small messages have to be. */
const LEAST_PART = 256;

/** How large a part may be, bytes. @param maxValue of the engine */
export function partSize(maxValue: number): number {
	return Math.max(LEAST_PART, maxValue - FIXED - LONGEST_HEAD);
}

/**
 * By whom a task waits on: `offer` goes to anybody. By who takes it: `take` asks for its payload, and it is on loan; `refuse` gives it
 * back, `receive` = a thread has picked it up; then `update`, `alive`, and in the end `complete` or `abort`. By the sender's
 * server: `giveUp`.
 */
const VERBS = ['offer', 'take', 'refuse', 'receive', 'update', 'alive', 'complete', 'abort', 'giveUp'] as const;

export type TaskMessage = {
	verb: (typeof VERBS)[number];
	/** The task, by an id that its sender's server has given to it. */
	task: string;
	/** Id of the holder that says this. */
	by: string;
	/** Where the part begins; in `take`, the part that is wanted. */
	at: number;
	/** Of the whole update, bytes; in `offer`, of the payload. */
	length: number;
	/** Counts updates from 0. */
	number: number;
	part: Uint8Array;
};

/** `gone`: the task is over, or another's. `full`: the same update once more. */
const RESULTS = ['ok', 'gone', 'full'] as const;

export type TaskAnswer = {
	result: (typeof RESULTS)[number];
	/** Of the whole payload, bytes. */
	length: number;
	part: Uint8Array;
};

const NOTHING = new Uint8Array();

/** A message with what there is to say. */
export function messageOf(
	verb: TaskMessage['verb'],
	task: string,
	by: string,
	more: Partial<TaskMessage> = {},
): TaskMessage {
	return { verb, task, by, at: 0, length: 0, number: 0, part: NOTHING, ...more };
}

export function answerOf(result: TaskAnswer['result'], length = 0, part: Uint8Array = NOTHING): TaskAnswer {
	return { result, length, part };
}

export function encodeMessage({ part, ...head }: TaskMessage): Uint8Array {
	return encode(head, part);
}

export function encodeAnswer({ part, ...head }: TaskAnswer): Uint8Array {
	return encode(head, part);
}

export function decodeMessage(bytes: Uint8Array): TaskMessage | undefined {
	const read = decode(bytes);
	if (read === undefined) return undefined;
	const { verb, task, by, at, length, number } = read.head;
	const known = VERBS.find((each) => each === verb);
	if (known === undefined || typeof task !== 'string' || typeof by !== 'string') return undefined;
	if (!isCount(at) || !isCount(length) || !isCount(number)) return undefined;
	return { verb: known, task, by, at, length, number, part: read.part };
}

export function decodeAnswer(bytes: Uint8Array): TaskAnswer | undefined {
	const read = decode(bytes);
	if (read === undefined) return undefined;
	const { result, length } = read.head;
	const known = RESULTS.find((each) => each === result);
	return known === undefined || !isCount(length) ? undefined : { result: known, length, part: read.part };
}

function encode(head: object, part: Uint8Array): Uint8Array {
	const text = new TextEncoder().encode(JSON.stringify(head));
	const bytes = new Uint8Array(FIXED + text.length + part.length);
	const view = new DataView(bytes.buffer);
	view.setUint8(0, FORMAT);
	view.setUint32(1, text.length, true);
	bytes.set(text, FIXED);
	bytes.set(part, FIXED + text.length);
	return bytes;
}

function decode(bytes: Uint8Array): { head: Record<string, unknown>; part: Uint8Array } | undefined {
	if (bytes.length < FIXED || bytes[0] !== FORMAT) return undefined;
	const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(1, true);
	if (length > LONGEST_HEAD || FIXED + length > bytes.length) return undefined;
	try {
		const head: unknown = JSON.parse(new TextDecoder().decode(bytes.subarray(FIXED, FIXED + length)));
		if (typeof head !== 'object' || head === null) return undefined;
		return { head: head as Record<string, unknown>, part: bytes.subarray(FIXED + length) };
	} catch {
		return undefined;
	}
}

function isCount(value: unknown): value is number {
	return Number.isSafeInteger(value) && (value as number) >= 0;
}
