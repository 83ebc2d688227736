/** Words longer than this are not compared: no keyword is nearly that long. */
const LONGEST = 64;

/**
 * The known word that `word` most likely meant: at most a third of its letters differ, and swapping two neighbours
 * counts as one difference. `undefined` = none is close.
 */
export function nearestWord(word: string, known: Iterable<string>): string | undefined {
	const typed = word.toLowerCase();
	if (typed.length > LONGEST) return undefined;
	let best: string | undefined;
	let bestDistance = Math.max(1, Math.floor(typed.length / 3)) + 1;
	for (const candidate of known) {
		if (candidate === word || Math.abs(candidate.length - typed.length) >= bestDistance) continue;
		const distance = editDistance(typed, candidate.toLowerCase());
		if (distance < bestDistance) {
			best = candidate;
			bestDistance = distance;
		}
	}
	return best;
}

/** How many insertions, deletions, replacements and swaps of neighbours lead from one word to the other. */
export function editDistance(from: string, to: string): number {
	let beforePrevious: number[] = [];
	let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
	for (let row = 1; row <= from.length; row++) {
		const current = [row];
		for (let column = 1; column <= to.length; column++) {
			const same = from[row - 1] === to[column - 1];
			let cost = Math.min(previous[column]! + 1, current[column - 1]! + 1, previous[column - 1]! + (same ? 0 : 1));
			if (row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]) {
				cost = Math.min(cost, beforePrevious[column - 2]! + 1);
			}
			current.push(cost);
		}
		beforePrevious = previous;
		previous = current;
	}
	return previous[to.length]!;
}
