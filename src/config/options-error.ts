/** What was wrong with an option; the literal is stable, the sentence is for people. */
export type OptionsErrorCode =
	| 'bad_root'
	| 'bad_listen'
	| 'bad_domain'
	| 'bad_worker'
	| 'bad_background_worker'
	| 'bad_sidekick_entrypoint'
	| 'bad_script'
	| 'bad_php_option'
	| 'bad_mount'
	| 'bad_number'
	| 'bad_php_version'
	| 'bad_extension'
	| 'bad_key_value'
	| 'bad_adapter'
	| 'bad_password'
	| 'bad_shell'
	| 'bad_cluster';

/** A mistake in the options: one sentence that says what is wrong and what would be right. */
export class OptionsError extends Error {
	override readonly name = 'OptionsError';
	readonly code: OptionsErrorCode;

	constructor(code: OptionsErrorCode, message: string) {
		super(message);
		this.code = code;
	}
}
