import type { IpAddress } from '../../../php-thread/sockets/network-port.ts';

/** 198.18.0.0/15 is for tests of networks: no real host is there. */
const FIRST = (198 << 24) | (18 << 16);
const COUNT = 1 << 17;

/**
 * Names and addresses. A browser does not reveal how it resolves names, but PHP connects to addresses: so each name gets
 * one that stands for it. PHP thread.
 */
export class HostNames {
	readonly #addresses = new Map<string, string>();
	readonly #names = new Map<string, string>();

	/** The address that stands for a name; rejects with the code `ENOTFOUND` when it cannot be the name of a host. */
	async lookup(name: string, family: 4 | 6 | undefined): Promise<IpAddress[]> {
		const host = hostOf(name);
		if (host === undefined || family === 6 || this.#addresses.size === COUNT - 1) {
			throw Object.assign(new Error(`${name} is not a host name.`), { code: 'ENOTFOUND' });
		}
		let address = this.#addresses.get(host);
		if (address === undefined) {
			const number = FIRST + this.#addresses.size + 1;
			address = [24, 16, 8, 0].map((bits) => (number >>> bits) & 0xff).join('.');
			this.#addresses.set(host, address);
			this.#names.set(address, host);
		}
		return [{ family: 4, address }];
	}

	/** The host as in a URL: the name that was looked up, or the address itself. */
	urlHost(address: string): string {
		const plain = address.replace(/^::ffff:(?=[\d.]+$)/i, '');
		return this.#names.get(plain) ?? (plain.includes(':') ? `[${plain}]` : plain);
	}
}

function hostOf(name: string): string | undefined {
	const url = URL.parse(`http://${name}/`);
	return url !== null && url.host !== '' && url.href === `http://${url.host}/` && url.port === ''
		? url.host
		: undefined;
}
