import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { ActiveHealth } from '../../../directives/reverse-proxy/upstream-health.ts';
import type { Logger } from '../../../log/logger.ts';
import { matchesStatus } from '../../../site/values/status-match.ts';
import type { AskUpstream } from './ask-upstream.ts';
import type { UpstreamState } from './upstream-state.ts';

/** What of an answer is compared with `health_body`, bytes. */
const LARGEST_BODY = 1024 * 1024;

/** Asks every upstream how it is, now and again and again. @param lifetime aborted = no more */
export function checkHealth(
	states: readonly UpstreamState[],
	health: ActiveHealth,
	ask: AskUpstream,
	log: Logger,
	lifetime: AbortSignal,
): void {
	if (lifetime.aborted) return;
	const checks = states.map((state) => new HealthCheck(state, health, ask, log, lifetime));
	const checkAll = (): void => {
		for (const check of checks) check.begin();
	};
	const timer = setInterval(checkAll, health.interval).unref();
	lifetime.addEventListener('abort', () => clearInterval(timer), { once: true });
	checkAll();
}

class HealthCheck {
	readonly #state: UpstreamState;
	readonly #health: ActiveHealth;
	readonly #ask: AskUpstream;
	readonly #log: Logger;
	readonly #lifetime: AbortSignal;
	readonly #body: RegExp | undefined;
	#isRunning = false;
	/** Answers in a row that say otherwise than what is thought of it. */
	#inRow = 0;

	constructor(state: UpstreamState, health: ActiveHealth, ask: AskUpstream, log: Logger, lifetime: AbortSignal) {
		this.#state = state;
		this.#health = health;
		this.#ask = ask;
		this.#log = log;
		this.#lifetime = lifetime;
		this.#body = health.body === undefined ? undefined : new RegExp(health.body);
	}

	/** Unless the last one still runs. */
	begin(): void {
		if (this.#isRunning) return;
		this.#isRunning = true;
		this.#look()
			.then((trouble) => this.#learn(trouble))
			.finally(() => {
				this.#isRunning = false;
			});
	}

	/** Why it is not well; `undefined` = it is. Never rejects. */
	async #look(): Promise<string | undefined> {
		const { uri, port, method, headers, timeout, statuses } = this.#health;
		const { upstream, address } = this.#state;
		const hasHost = headers.some(({ field }) => field.toLowerCase() === 'host');
		const host = 'socket' in upstream.to ? 'localhost' : address;
		const limit = AbortSignal.timeout(timeout);
		try {
			const asked = this.#ask(
				port === undefined || 'socket' in upstream.to ? upstream : { ...upstream, to: { ...upstream.to, port } },
				{
					method,
					path: uri,
					headers: [...(hasHost ? [] : ['Host', host]), ...headers.flatMap(({ field, value }) => [field, value])],
					signal: AbortSignal.any([this.#lifetime, limit]),
				},
			);
			// Once it has answered, nobody else waits for its errors.
			asked.on('error', () => {}).end();
			const [answer] = (await once(asked, 'response')) as [IncomingMessage];
			const status = answer.statusCode ?? 0;
			const text = await readText(answer);
			if (!matchesStatus(statuses, status)) return `it answers with ${status}`;
			return this.#body === undefined || this.#body.test(text) ? undefined : "its answer is not as 'health_body' says";
		} catch (error) {
			if (limit.aborted) return `it did not answer within ${timeout} ms`;
			return error instanceof Error ? error.message : String(error);
		}
	}

	#learn(trouble: string | undefined): void {
		if (this.#lifetime.aborted) return;
		const { passes, fails } = this.#health;
		const isWell = trouble === undefined;
		if (isWell === this.#state.isUp) {
			this.#inRow = 0;
			return;
		}
		this.#inRow++;
		if (this.#inRow < (isWell ? passes : fails)) return;
		this.#inRow = 0;
		this.#state.isUp = isWell;
		const { address } = this.#state;
		if (isWell) this.#log.info(`The upstream ${address} is up again`);
		else this.#log.warn(`The upstream ${address} gets no more requests: ${trouble}`);
	}
}

/** All of it is read, so that the connection can be used again; too much of it is an error. */
async function readText(answer: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	let length = 0;
	for await (const chunk of answer) {
		length += (chunk as Buffer).byteLength;
		if (length > LARGEST_BODY) throw new Error(`it answers with more than ${LARGEST_BODY} bytes`);
		chunks.push(chunk as Buffer);
	}
	return Buffer.concat(chunks).toString('utf8');
}
