/** Who has a sidekick started: its first reader, the configuration, or whoever asks for a name that nobody declared. */
export type SidekickOrigin = 'first read' | 'configuration' | 'catch-all';

/** How the sidekick of one name is run. All but those of a first read are background workers. */
export type SidekickDefinition = {
	readonly origin: SidekickOrigin;
	/** The script; absolute. */
	readonly file: string;
	/** Threads that run it at the same time, ≥ 1. */
	readonly num: number;
	/** Added to the environment of the scope. */
	readonly env: Readonly<Record<string, string>>;
	/** Boot failures in a row before it is given up, or its failures become errors; -1 = never. */
	readonly maxConsecutiveFailures: number;
};

/** A background worker of the configuration. */
export type DeclaredWorker = Omit<SidekickDefinition, 'origin'> & { readonly name: string };

/** The background worker for names that nobody declared; `max` = how many names, at a time. */
export type CatchAllWorker = Omit<SidekickDefinition, 'origin' | 'num'> & { readonly max: number };

/**
 * What a thread asks for by name: `sidekick` = the variables of a sidekick; `vars` = those of whatever has the name;
 * `worker` = that it runs and has published.
 */
export type Asking = 'sidekick' | 'vars' | 'worker';

/** Whether it is a background worker: ready at its first tick, of each run, and never given up. */
export function isBackground({ origin }: SidekickDefinition): boolean {
	return origin !== 'first read';
}

/** How each name of a scope is run. */
export class Definitions {
	readonly #declared: ReadonlyMap<string, SidekickDefinition>;
	readonly #sidekick: SidekickDefinition | undefined;
	readonly #catchAll: SidekickDefinition | undefined;

	constructor(
		declared: readonly DeclaredWorker[],
		sidekick: Omit<SidekickDefinition, 'origin' | 'num'> | undefined,
		catchAll: CatchAllWorker | undefined,
	) {
		this.#declared = new Map(
			declared.map(({ name, ...definition }) => [name, { origin: 'configuration', ...definition }]),
		);
		this.#sidekick = sidekick && { origin: 'first read', num: 1, ...sidekick };
		this.#catchAll = catchAll && { origin: 'catch-all', num: 1, ...catchAll };
	}

	/** The names of the configuration. */
	get declared(): readonly string[] {
		return [...this.#declared.keys()];
	}

	/** Undefined = nothing can run under this name. */
	of(name: string, asking: Asking): SidekickDefinition | undefined {
		return this.#declared.get(name) ?? (asking === 'worker' ? this.#catchAll : undefined) ?? this.#sidekick;
	}
}
