/** What a PHP thread needs from its host for sockets; a platform implements it. Everything runs on the PHP thread. */
export interface NetworkPort {
	/** Begins to connect. `events` hear what happens next, after this call has returned. */
	connect(target: Endpoint, from: IpEndpoint | undefined, events: ConnectionEvents): Connection;
	/** Begins to listen. A path must not exist yet. */
	listen(at: Endpoint, backlog: number, events: ListenerEvents): Listener;
	/** Addresses of a host by the host's own resolver, the preferred first; rejects with a `code` as Node's `dns` does. */
	lookup(name: string, family: 4 | 6 | undefined): Promise<IpAddress[]>;
	/** Calls back once the event loop has seen everything that has arrived by now. */
	turn(done: () => void): void;
	/** Why this host cannot do that at all; missing = it can do everything. A path is PHP's own. */
	refusal?(to: Endpoint, purpose: Purpose): Refusal | undefined;
	/**
	 * Whether an admin API is there: `'own'` = of this process; `'usual'` = any process's is there by default. Missing =
	 * nowhere.
	 */
	operators?: ((to: IpEndpoint) => 'own' | 'usual' | undefined) | undefined;
}

/** What an endpoint is for. */
export type Purpose = 'connect' | 'listen';
/** Why it is refused: a sentence for the log, and the few words that fit into PHP's warning (33 bytes). */
export type Refusal = { message: string; reason: string };

export type IpAddress = { family: 4 | 6; address: string };
export type IpEndpoint = { address: string; port: number };
/**
 * What a socket is bound or connected to; a path is the host's, and valid only during the call. Call `publish` when the
 * path has been bound: it throws an error with a `code` when the name is taken.
 */
export type Endpoint = IpEndpoint | { path: string; publish?(): void };

/** `failed` gets codes such as `'ECONNRESET'`; nothing comes after it. */
export type ConnectionEvents = {
	connected(): void;
	/** The bytes are valid only during the call. False = no more until `resume()`. */
	data(bytes: Uint8Array): boolean;
	/** The peer will send no more. */
	ended(): void;
	/** Everything that was written has been handed to the operating system. */
	drained(): void;
	failed(code: string): void;
};

export type ListenerEvents = {
	listening(at: Endpoint): void;
	failed(code: string): void;
	/** Before `open()` nothing is heard from it, and nothing is lost. */
	connection(incoming: { local: Endpoint; peer: Endpoint; open(events: ConnectionEvents): Connection }): void;
};

/** A connection of the operating system. */
export interface Connection {
	/** Takes all bytes (a copy); false when some of them still wait for the operating system. */
	write(bytes: Uint8Array): boolean;
	/** Tells the peer that no more comes. */
	end(): void;
	/** Gives it up, after what has been written. No event follows. */
	close(): void;
	resume(): void;
	setNoDelay(on: boolean): void;
	/** @param delay milliseconds of silence before the first probe; 0 = the system's */
	setKeepAlive(on: boolean, delay: number): void;
	/** Known once it is connected. */
	local(): Endpoint | undefined;
	peer(): Endpoint | undefined;
}

export interface Listener {
	close(): void;
}
