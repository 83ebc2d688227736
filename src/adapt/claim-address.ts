import { CaddyfileError, quoteWord } from '../caddyfile/errors.ts';
import type { SiteAddress } from '../caddyfile/site-addresses.ts';

/** @param written as the error quotes it @throws CaddyfileError when a site has the address already */
export function claimAddress(
	{ scheme, host, port, position }: SiteAddress,
	taken: Set<string>,
	written = `${scheme ?? ''}${scheme ? '://' : ''}${host}${port === undefined ? '' : `:${port}`}`,
): void {
	const key = `${scheme ?? ''}|${host}|${port ?? ''}`;
	if (taken.has(key)) {
		throw new CaddyfileError('conflict', position, `the address ${quoteWord(written)} is used twice`);
	}
	taken.add(key);
}
