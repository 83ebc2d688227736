import Negotiator from 'negotiator';

/** Its second argument is missing in the types. */
type Encodings = (available: readonly string[], options: { readonly preferred: readonly string[] }) => string[];

/**
 * Those of the offered encodings that a client takes, the ones it likes best first, and in the order of the offer among
 * equals. What it likes less than no encoding at all is not among them.
 *
 * @param accepted the request's Accept-Encoding
 */
export function acceptedEncodings<T extends string>(accepted: string, offered: readonly T[]): T[] {
	if (accepted === '' || offered.length === 0) return [];
	const negotiator = new Negotiator({ headers: { 'accept-encoding': accepted } });
	const encodings = negotiator.encodings.bind(negotiator) as Encodings;
	const names = encodings([...offered, 'identity'], { preferred: offered });
	const end = names.indexOf('identity');
	return (end < 0 ? names : names.slice(0, end)) as T[];
}
