/** `fetch()` was called on a server that is closed or closing. */
export class ServerClosedError extends Error {
	override readonly name = 'ServerClosedError';
	readonly code = 'server_closed';

	constructor() {
		super('The server is closed and answers no more requests; call fetch() before close().');
	}
}
