/** Compares sources and side modules with the record of the last build. */
export function checkFreshness(): { fresh: boolean; changed: string[]; message: string };
