/** Who asks, as far as the connection and the proxies that are trusted tell. Plain data, one object per request. */
export interface ClientFacts {
	/** Textual IP address; behind a trusted proxy that of the client. */
	readonly remoteAddress: string;
	/** 0 = unknown (behind a proxy). */
	readonly remotePort: number;
	/** TLS to here, or to a trusted proxy. */
	readonly https: boolean;
}
