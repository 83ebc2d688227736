/** How long an attack that races with the server goes on, seconds: a few in `npm test`, 30 in `npm run attacks` and CI. */
export const ATTACK_SECONDS = Number(process.env.IGOR_ATTACK_SECONDS ?? 3);

/** The time limit of such a test, milliseconds: for `seconds` of attack, with its start and its end. */
export function attackTimeout(seconds = ATTACK_SECONDS): number {
	return seconds * 1000 + 60_000;
}
