/** What a PHP thread needs of its host for sockets; a platform implements it. Everything runs on the PHP thread. */
export interface NetworkPort {
	/** Begins to connect. What happens then, `events` hear, after this call has returned. */
	connect(target: Endpoint, from: IpEndpoint | undefined, events: ConnectionEvents): Connection;
	/** Begins to listen. A path must not exist yet. */
	listen(at: Endpoint, backlog: number, events: ListenerEvents): Listener;
	/** Addresses of a host by the host's own resolver, the preferred first; rejects with a `code` as Node's `dns` does. */
	lookup(name: string, family: 4 | 6 | undefined): Promise<IpAddress[]>;
	/** Calls back once the event loop has seen everything that has arrived by now. */
	turn(done: () => void): void;
	/** Why this host cannot do that at all; not there = it can do everything. A path is PHP's own. */
	refusal?(to: Endpoint, purpose: Purpose): Refusal | undefined;
	/**
	 * Whether the server's operators are served there: `'own'` = those of this process; `'usual'` = by default those of any
	 * process. Not there = nowhere.
	 */
	operators?: ((to: IpEndpoint) => 'own' | 'usual' | undefined) | undefined;
}

/** What an endpoint is wanted for. */
export type Purpose = 'connect' | 'listen';
/** Why that is not done: a sentence for the log, and the few words that fit into PHP's warning (33 bytes). */
export type Refusal = { message: string; reason: string };

export type IpAddress = { family: 4 | 6; address: string };
export type IpEndpoint = { address: string; port: number };
/**
 * Where a socket is bound to or connected with; a path is one of the host, and means what it does during the call only.
 * `publish` is to be called when the path has been bound: it throws an error with a `code` when it is taken.
 */
export type Endpoint = IpEndpoint | { path: string; publish?(): void };

/** `failed` gets codes as `'ECONNRESET'`; nothing comes after it. */
export type ConnectionEvents = {
	connected(): void;
	/** The bytes are the receiver's only during the call. False = no more until `resume()`. */
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
	/** Nothing is heard of it, and nothing is lost, before `open()`. */
	connection(incoming: { local: Endpoint; peer: Endpoint; open(events: ConnectionEvents): Connection }): void;
};

/** A connection of the operating system. */
export interface Connection {
	/** Takes all bytes (a copy); false when some of them still wait for the operating system. */
	write(bytes: Uint8Array): boolean;
	/** The peer is told that no more comes. */
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
