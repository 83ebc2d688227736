import { ERRNO } from '../errno.ts';
import type { WasmMemory } from '../wasm-memory.ts';
import type { Socket } from './socket.ts';

// Numbers of musl.
const SOL_SOCKET = 1;
const IPPROTO_TCP = 6;
const SO_TYPE = 3;
const SO_ERROR = 4;
const SO_KEEPALIVE = 9;
const SO_RCVTIMEO = [20, 66];
const SO_SNDTIMEO = [21, 67];
const SO_ACCEPTCONN = 30;
const SO_DOMAIN = 39;
const TCP_NODELAY = 1;
const TCP_KEEPIDLE = 4;
/** Seconds and microseconds of 64 bits each. */
const TIMEVAL_BYTES = 16;

/** setsockopt(2). What the host has no word for is remembered, for getsockopt(). */
export function setOption(
	memory: WasmMemory,
	socket: Socket,
	level: number,
	name: number,
	value: number,
	length: number,
): number {
	if (length < 4) return -ERRNO.EINVAL;
	const { view } = memory;
	if (level === SOL_SOCKET && (SO_RCVTIMEO.includes(name) || SO_SNDTIMEO.includes(name))) {
		if (length < TIMEVAL_BYTES) return -ERRNO.EINVAL;
		const milliseconds = Number(view.getBigInt64(value, true)) * 1000 + view.getInt32(value + 8, true) / 1000;
		if (SO_RCVTIMEO.includes(name)) socket.receiveTimeout = milliseconds;
		else socket.sendTimeout = milliseconds;
		return 0;
	}
	const number = view.getInt32(value, true);
	socket.options.set(`${level}:${name}`, number);
	if (level === IPPROTO_TCP && name === TCP_NODELAY) socket.setNoDelay(number !== 0);
	if (level === SOL_SOCKET && name === SO_KEEPALIVE) {
		socket.setKeepAlive(number !== 0, (socket.options.get(`${IPPROTO_TCP}:${TCP_KEEPIDLE}`) ?? 0) * 1000);
	}
	return 0;
}

/** getsockopt(2). */
export function getOption(
	memory: WasmMemory,
	socket: Socket,
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

function optionValue(socket: Socket, level: number, name: number): number {
	if (level === SOL_SOCKET) {
		if (name === SO_ERROR) return socket.takeError();
		if (name === SO_TYPE) return socket.type;
		if (name === SO_DOMAIN) return socket.family;
		if (name === SO_ACCEPTCONN) return socket.listening ? 1 : 0;
	}
	return socket.options.get(`${level}:${name}`) ?? 0;
}
