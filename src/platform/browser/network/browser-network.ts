import type { NetworkPort } from '../../../php-thread/sockets/network-port.ts';
import { FetchConnection } from './fetch-connection.ts';
import { browserRefusal } from './fetch-ports.ts';
import { HostNames } from './host-names.ts';
import { TlsEnd } from './tls-end.ts';

/** What the network of a thread needs. */
export type BrowserNetworkOptions = {
	/** URL of the TLS library. */
	tls: string;
	/** Whether the option `network` restricts where PHP may connect to. */
	restricted: boolean;
	/** Makes PHP trust a certificate. */
	trust(pem: string): void;
	/** Hears why a request was not answered, as a sentence. */
	log(message: string): void;
};

/** The network of a browser: HTTP and HTTPS, by fetch(), under PHP's own sockets. PHP thread. */
export function createBrowserNetwork({ tls, restricted, trust, log }: BrowserNetworkOptions): NetworkPort {
	const names = new HostNames();
	const settings = { tls: new TlsEnd(tls, trust), followsRedirects: !restricted, log };
	const turns: (() => void)[] = [];
	const { port1, port2 } = new MessageChannel();
	port1.onmessage = () => turns.shift()?.();
	return {
		connect: (target, _from, events) => {
			if ('path' in target) throw new Error('A browser has no UNIX sockets.');
			return new FetchConnection(target, names.urlHost(target.address), events, settings);
		},
		listen: () => {
			throw new Error('A page in a browser cannot listen.');
		},
		lookup: (name, family) => names.lookup(name, family),
		turn: (done) => {
			turns.push(done);
			port2.postMessage(null);
		},
		refusal: browserRefusal,
	};
}
