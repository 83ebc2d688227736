/** Error numbers of Emscripten's libc, those that sockets know. */
export const ERRNO = {
	EACCES: 2,
	EADDRINUSE: 3,
	EADDRNOTAVAIL: 4,
	EAFNOSUPPORT: 5,
	EAGAIN: 6,
	EALREADY: 7,
	EBADF: 8,
	ECONNABORTED: 13,
	ECONNREFUSED: 14,
	ECONNRESET: 15,
	EDESTADDRREQ: 17,
	EEXIST: 20,
	EHOSTUNREACH: 23,
	EINPROGRESS: 26,
	EINTR: 27,
	EINVAL: 28,
	EIO: 29,
	EISCONN: 30,
	ELOOP: 32,
	EMFILE: 33,
	ENAMETOOLONG: 37,
	ENETDOWN: 38,
	ENETUNREACH: 40,
	ENOENT: 44,
	ENOPROTOOPT: 50,
	ENOTCONN: 53,
	ENOTDIR: 54,
	ENOTSOCK: 57,
	EPERM: 63,
	EPIPE: 64,
	EPROTONOSUPPORT: 66,
	EPROTOTYPE: 67,
	ETIMEDOUT: 73,
	EOPNOTSUPP: 138,
} as const;

/** The number of a code as hosts name it (`'ECONNREFUSED'`); codes that sockets do not know are input/output errors. */
export function errnoOf(code: string): number {
	return code in ERRNO ? ERRNO[code as keyof typeof ERRNO] : ERRNO.EIO;
}
