/** Why sidekicks could not start; the code is stable, the sentence is for people. */
export type SidekickErrorCode =
	| 'shutting_down'
	| 'no_entrypoint'
	| 'unknown_name'
	| 'bad_entrypoint'
	| 'limit_reached'
	| 'not_allowed'
	| 'no_free_cell'
	| 'wait_cycle';

/** Becomes a `RuntimeException` in PHP: what happened, why, and what to do. */
export class SidekickError extends Error {
	override readonly name = 'SidekickError';
	readonly code: SidekickErrorCode;

	constructor(code: SidekickErrorCode, message: string) {
		super(message);
		this.code = code;
	}
}
