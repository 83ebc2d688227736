/** A request that ends with an error status. It goes through `handle_errors`; nobody outside of a site sees it thrown. */
export class HttpFailure extends Error {
	override readonly name = 'HttpFailure';
	readonly status: number;

	/** @param message for the log and for `{err.message}`; the client sees it only if the Caddyfile shows it */
	constructor(status: number, message = '') {
		super(message);
		this.status = status;
	}
}
