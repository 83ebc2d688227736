import { ERRNO } from '../abi/errno.ts';
import type { WasmMemory } from '../abi/wasm-memory.ts';

// Numbers of musl.
const SOL_SOCKET = 1;
const IPPROTO_TCP = 6;
const SO_REUSEADDR = 2;
const SO_TYPE = 3;
const SO_ERROR = 4;
const SO_KEEPALIVE = 9;
const SO_RCVTIMEO = [20, 66];
const SO_SNDTIMEO = [21, 67];
const SO_ACCEPTCONN = 30;
const SO_DOMAIN = 39;
const TCP_NODELAY = 1;
const TCP_KEEPIDLE = 4;
const NO_DELAY = key(IPPROTO_TCP, TCP_NODELAY);
const KEEP_IDLE = key(IPPROTO_TCP, TCP_KEEPIDLE);
/** PHP's servers set it before they bind; clients do not. */
export const REUSE_ADDRESS = key(SOL_SOCKET, SO_REUSEADDR);
const KEEP_ALIVE = key(SOL_SOCKET, SO_KEEPALIVE);

/** A socket, as far as options know it. */
export interface OptionSocket {
	readonly family: number;
	readonly type: number;
	readonly listening: boolean;
	receiveTimeout: number;
	sendTimeout: number;
	readonly options: Map<string, number>;
	takeError(): number;
	setNoDelay(on: boolean): void;
	setKeepAlive(on: boolean, delay: number): void;
}

/** Bytes of a `struct timeval` of musl: seconds of 64 bits, microseconds of 32, padded. */
const TIMEVAL_BYTES = 16;

/** Milliseconds of the `struct timeval` at `pointer`. */
export function readTimeval(memory: DataView, pointer: number): number {
	return Number(memory.getBigInt64(pointer, true)) * 1000 + memory.getInt32(pointer + 8, true) / 1000;
}

/** setsockopt(2). Options that the host does not have are remembered, for getsockopt(). */
export function setOption(
	memory: WasmMemory,
	socket: OptionSocket,
	level: number,
	name: number,
	value: number,
	length: number,
): number {
	if (length < 4) return -ERRNO.EINVAL;
	const { view } = memory;
	if (level === SOL_SOCKET && (SO_RCVTIMEO.includes(name) || SO_SNDTIMEO.includes(name))) {
		if (length < TIMEVAL_BYTES) return -ERRNO.EINVAL;
		const milliseconds = readTimeval(view, value);
		if (SO_RCVTIMEO.includes(name)) socket.receiveTimeout = milliseconds;
		else socket.sendTimeout = milliseconds;
		return 0;
	}
	socket.options.set(key(level, name), view.getInt32(value, true));
	applyOption(socket, key(level, name));
	return 0;
}

/** Applies options that were set before to a new connection. */
export function applyOptions(socket: OptionSocket): void {
	for (const option of socket.options.keys()) applyOption(socket, option);
}

function applyOption(socket: OptionSocket, option: string): void {
	const on = (socket.options.get(option) ?? 0) !== 0;
	if (option === NO_DELAY) socket.setNoDelay(on);
	if (option === KEEP_ALIVE) socket.setKeepAlive(on, (socket.options.get(KEEP_IDLE) ?? 0) * 1000);
}

/** getsockopt(2). */
export function getOption(
	memory: WasmMemory,
	socket: OptionSocket,
	level: number,
	name: number,
	value: number,
	length: number,
): number {
	const { view } = memory;
	if (view.getUint32(length, true) < 4) return -ERRNO.EINVAL;
	view.setInt32(value, optionValue(socket, level, name), true);
	view.setUint32(length, 4, true);
	return 0;
}

function optionValue(socket: OptionSocket, level: number, name: number): number {
	if (level === SOL_SOCKET) {
		if (name === SO_ERROR) return socket.takeError();
		if (name === SO_TYPE) return socket.type;
		if (name === SO_DOMAIN) return socket.family;
		if (name === SO_ACCEPTCONN) return socket.listening ? 1 : 0;
	}
	return socket.options.get(key(level, name)) ?? 0;
}

/** What an option is remembered by. */
function key(level: number, name: number): string {
	return `${level}:${name}`;
}
