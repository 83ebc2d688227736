/** The value below which `share` (0…1) of the values lie. */
export function percentile(values, share) {
	const sorted = values.toSorted((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

export function median(values) {
	const sorted = values.toSorted((a, b) => a - b);
	const middle = sorted.length >> 1;
	return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Measures every subject once per round, in turn, so that whatever else the machine does falls on all of them alike.
 * @param subjects name → function that resolves with one figure
 * @returns name → figures, one per round
 */
export async function interleave(rounds, subjects) {
	const figures = Object.fromEntries(Object.keys(subjects).map((name) => [name, []]));
	for (let round = 0; round < rounds; round++) {
		for (const [name, measure] of Object.entries(subjects)) figures[name].push(await measure());
	}
	return figures;
}

/** The median of the ratios of each round: the two figures of a round were measured next to each other. */
export function medianRatio(ours, theirs) {
	return median(ours.map((figure, round) => figure / theirs[round]));
}
