import { nearestWord } from '../caddyfile/nearest.ts';
import { DEFAULTS } from '../config/defaults.ts';
import { AllowedNames } from './allowed-names.ts';
import type { Asking, CatchAllWorker, Definitions, SidekickOrigin } from './definition.ts';
import * as messages from './error-texts.ts';
import type { SidekickPorts } from './ports.ts';
import type { Sidekick } from './sidekick.ts';
import type { SidekickError } from './sidekick-error.ts';

/** The limits of a scope. */
export type SidekickLimits = {
	entrypoint: { path: string } | undefined;
	max?: number;
	allow?: readonly string[];
	catchAll?: CatchAllWorker | undefined;
	elsewhere?: () => readonly string[];
};

/** Names that somebody asks for and that do not run: unknown so far, or being stopped. */
export type Missing = { absent: readonly string[]; stopping: readonly string[] };

/** Every reason not to start a sidekick, checked before anything starts. */
export class Objections {
	readonly #limits: SidekickLimits;
	readonly #definitions: Definitions;
	readonly #ports: SidekickPorts;
	readonly #max: number;
	readonly #allowed: AllowedNames;

	constructor(limits: SidekickLimits, definitions: Definitions, ports: SidekickPorts) {
		this.#limits = limits;
		this.#definitions = definitions;
		this.#ports = ports;
		this.#max = limits.max ?? DEFAULTS.maxSidekicks;
		this.#allowed = new AllowedNames(limits.allow);
	}

	/** @param present those that exist now */
	of({ absent, stopping }: Missing, asking: Asking, present: ReadonlyMap<string, Sidekick>): SidekickError | undefined {
		const unknown = absent.filter((name) => this.#definitions.of(name, asking) === undefined);
		if (unknown.length > 0) return this.#unknown(unknown, asking, present);
		const ofOrigin = (origin: SidekickOrigin, names: readonly string[]) =>
			names.filter((name) => (present.get(name)?.definition ?? this.#definitions.of(name, asking))?.origin === origin);
		const count = (origin: SidekickOrigin) => ofOrigin(origin, [...present.keys()]).length;
		const served = ofOrigin('catch-all', absent);
		const most = this.#limits.catchAll?.max ?? 0;
		if (served.length > 0 && count('catch-all') + served.length > most) {
			return messages.tooManyNames(served[0] as string, most);
		}
		const sidekicks = ofOrigin('first read', absent);
		const forbidden = sidekicks.filter((name) => !this.#allowed.has(name));
		if (forbidden.length > 0) return messages.notAllowed(forbidden, this.#allowed.patterns);
		const running = count('first read');
		if (sidekicks.length > 0 && running + sidekicks.length > this.#max) {
			return messages.limitReached(sidekicks, running, this.#max);
		}
		const missing = [...sidekicks, ...ofOrigin('first read', stopping)];
		if (missing.length === 0) return undefined;
		const problem = this.#ports.entrypointProblem();
		if (problem === undefined) return undefined;
		return messages.badEntrypoint(missing, this.#limits.entrypoint?.path ?? '', problem);
	}

	#unknown(names: readonly string[], asking: Asking, present: ReadonlyMap<string, unknown>): SidekickError {
		if (asking === 'sidekick') return messages.noEntrypoint(names);
		const name = names[0] as string;
		const known = new Set([...this.#definitions.declared, ...present.keys(), ...(this.#limits.elsewhere?.() ?? [])]);
		return messages.unknownName(name, nearestWord(name, known), asking);
	}
}
