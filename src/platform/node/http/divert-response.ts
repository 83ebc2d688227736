import type { ServerResponse } from 'node:http';
import type { Diversion, ResponseHead } from '../../../site/request/site-request.ts';
import type { HttpResponse } from './http-messages.ts';
import { peekHead } from './response-hooks.ts';

/** What is kept of a body that may still be sent, bytes. */
const MOST_KEPT = 8 * 1024 * 1024;

/** A response that was not sent. */
export interface HeldResponse {
	readonly head: ResponseHead;
	/** `undefined` = it was too large to be kept. */
	readonly body: Buffer | undefined;
}

type Anything = (...args: unknown[]) => unknown;
const NAMES = ['writeHead', 'write', 'end', 'flushHeaders'] as const;

/**
 * Lets `choose` look at a response before its head is sent. It may get another status, or it is held back to its end, and
 * somebody else answers by the same object, which is then as it was before.
 */
export function divertResponse(
	response: HttpResponse,
	choose: (head: ResponseHead) => Diversion | undefined,
	held: (response: HeldResponse) => void,
): void {
	const before = Object.fromEntries(
		NAMES.map((name) => [name, (response as unknown as Record<string, Anything>)[name]?.bind(response)]),
	) as Record<(typeof NAMES)[number], Anything>;
	const chunks: Buffer[] = [];
	let size = 0;
	let state: 'undecided' | 'passes' | 'held' = 'undecided';
	let diversion: Diversion | undefined;
	let head: ResponseHead | undefined;
	const put = (functions: Record<string, Anything>): void => {
		for (const [name, value] of Object.entries(functions)) {
			Object.defineProperty(response, name, { value, configurable: true, writable: true });
		}
	};
	const decide = (status: number, given: unknown): void => {
		if (state !== 'undecided') return;
		head = peekHead(response, status, given);
		diversion = choose(head);
		state = diversion?.run === undefined ? 'passes' : 'held';
		if (state === 'passes' && diversion?.status !== undefined)
			(response as ServerResponse).statusCode = diversion.status;
	};
	const keep = (chunk: unknown, encoding: unknown): void => {
		if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) return;
		const bytes =
			typeof chunk === 'string' ? Buffer.from(chunk, encoding === 'latin1' ? 'latin1' : 'utf8') : Buffer.from(chunk);
		size += bytes.length;
		if (size <= MOST_KEPT) chunks.push(bytes);
		else chunks.length = 0;
	};
	const callback = (args: readonly unknown[]): void => {
		const done = args.find((each) => typeof each === 'function') as (() => void) | undefined;
		if (done !== undefined) process.nextTick(done);
	};
	put({
		writeHead: (status, ...rest) => {
			if ((status as number) < 200) return before.writeHead(status, ...rest);
			decide(
				status as number,
				rest.find((each) => typeof each === 'object'),
			);
			if (state === 'held') return response;
			const other = diversion?.status;
			return other === undefined
				? before.writeHead(status, ...rest)
				: before.writeHead(
						other,
						rest.find((each) => typeof each === 'object'),
					);
		},
		flushHeaders: () => {
			decide((response as ServerResponse).statusCode, undefined);
			return state === 'held' ? undefined : before.flushHeaders();
		},
		write: (chunk, ...rest) => {
			decide((response as ServerResponse).statusCode, undefined);
			if (state !== 'held') return before.write(chunk, ...rest);
			keep(chunk, rest[0]);
			callback(rest);
			return true;
		},
		end: (...args) => {
			decide((response as ServerResponse).statusCode, undefined);
			if (state !== 'held') return before.end(...args);
			keep(args[0], args[1]);
			callback(args);
			const body = size > MOST_KEPT ? undefined : Buffer.concat(chunks);
			const run = diversion?.run;
			// Later: whoever has answered may still want to flush the head.
			process.nextTick(() => {
				put(before);
				held({ head: head as ResponseHead, body });
				run?.();
			});
			return response;
		},
	});
}
