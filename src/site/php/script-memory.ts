import { DEFAULTS } from '../../config/defaults.ts';
import {
	type chooseNamedScript,
	chooseScript,
	type Decision,
	type PhpDecision,
	type ScriptTable,
} from './choose-script.ts';
import type { FileProbe, Found } from './file-probe.ts';

/** How long a script that was found counts as found, in milliseconds. */
const SCRIPT_LIFETIME = 1000;
const MAX_ENTRIES = 1000;

interface Entry {
	readonly decision: PhpDecision;
	readonly expires: number;
}

/**
 * `chooseScript()` with a memory: a path that names a script directly is looked up on disk once per second at most, so that
 * the hot path makes no system call; so is the front controller. Static files and everything that was *not* found are
 * always looked up: a file that appears is served at once.
 */
export class ScriptMemory {
	readonly #table: ScriptTable;
	readonly #probe: FileProbe;
	readonly #choose: typeof chooseScript;
	readonly #now: () => number;
	/** Every path that nothing else answers ends here. */
	readonly #frontController: string;
	readonly #scripts = new Map<string, Entry>();
	#front: Found | undefined;
	#frontExpires = 0;

	/**
	 * @param decide `chooseNamedScript` = only what names a script is answered
	 * @param now milliseconds, monotonic
	 */
	constructor(
		table: ScriptTable,
		probe: FileProbe,
		now: () => number = () => performance.now(),
		decide: typeof chooseScript | typeof chooseNamedScript = chooseScript,
	) {
		this.#table = table;
		this.#choose = decide;
		this.#frontController = table.index === '' ? '' : `/${table.index ?? DEFAULTS.index}`;
		this.#probe = {
			look: (path) => (path === this.#frontController ? this.#lookFront(probe) : probe.look(path)),
		};
		this.#now = now;
	}

	/**
	 * @param path the request target up to '?', as it came over the wire
	 * @param now when the request began, if that is known: reading the clock is a large part of the rest
	 */
	decide(path: string, now = this.#now()): Decision {
		const known = this.#scripts.get(path);
		if (known !== undefined && known.expires > now) return known.decision;
		const decision = this.#choose(path, this.#table, this.#probe);
		if (decision.kind === 'php' && decision.direct) {
			// Clients choose the paths (PATH_INFO): without a limit they would choose the size of this map.
			if (this.#scripts.size >= MAX_ENTRIES) this.#scripts.clear();
			this.#scripts.set(path, { decision, expires: now + SCRIPT_LIFETIME });
		} else if (known !== undefined) this.#scripts.delete(path);
		return decision;
	}

	#lookFront(probe: FileProbe): Found | undefined {
		const now = this.#now();
		if (this.#front !== undefined && this.#frontExpires > now) return this.#front;
		this.#front = probe.look(this.#frontController);
		this.#frontExpires = now + SCRIPT_LIFETIME;
		return this.#front;
	}
}
