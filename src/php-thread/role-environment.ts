/** C's own functions for the environment, as the instance has them. */
export interface CEnvironment {
	set(name: string, value: string): void;
	unset(name: string): void;
}

/**
 * The environment of PHP as a role sees it: what the thread was booted with, and what the role adds. C imports it anew
 * at the start of each role, so it has to be changed before. PHP thread, between two roles.
 */
export class RoleEnvironment {
	readonly #environment: CEnvironment;
	readonly #base: Readonly<Record<string, string>>;
	#added: string[] = [];

	constructor(environment: CEnvironment, base: Readonly<Record<string, string>>) {
		this.#environment = environment;
		this.#base = base;
	}

	/** Adds variables, after those of the role before have been taken away. */
	enter(added: Readonly<Record<string, string>>): void {
		for (const name of this.#added) {
			const value = this.#base[name];
			if (value === undefined) this.#environment.unset(name);
			else this.#environment.set(name, value);
		}
		this.#added = Object.keys(added);
		for (const [name, value] of Object.entries(added)) this.#environment.set(name, value);
	}
}
