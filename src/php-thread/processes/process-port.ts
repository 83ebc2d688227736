import type { Connection, ConnectionEvents } from '../sockets/network-port.ts';

/** What a PHP thread needs from its host to run programs; a platform implements it. Everything runs on the PHP thread. */
export interface ProcessPort {
	/** The file that a name stands for in the server's PATH; undefined = there is none that may be executed. */
	find(name: string): string | undefined;
	/** Whether two absolute paths name one file in one folder: links to the folder are followed, the name must be equal. */
	isSameFile(one: string, other: string): boolean;
	/**
	 * Starts a program. `events` hear what happens next, after this call has returned.
	 * @throws Error with a `code` such as 'ENOENT' when it cannot be started
	 */
	start(program: Program, events: ChildEvents): Child;
	/** The server's PATH. */
	readonly path: string;
	/** The shell of the system; undefined = it has none that understands sh's language. */
	readonly shell: string | undefined;
}

/** A program that is about to be started. Paths are the host's. */
export type Program = {
	file: string;
	/** The first one is the name by which it is called. */
	args: readonly string[];
	env: Readonly<Record<string, string>>;
	folder: string;
	/** By number in the child; 0 to 2 are always there. */
	descriptors: ReadonlyMap<number, ChildDescriptor>;
};

/**
 * What a descriptor of a child is: a connection with PHP, an open file of the host, nothing, the server's own stdin, or
 * what goes where PHP's own output goes.
 */
export type ChildDescriptor =
	| { kind: 'pipe'; direction: 'read' | 'write' | 'both' }
	| { kind: 'file'; descriptor: number }
	| { kind: 'null' }
	| { kind: 'input' }
	| { kind: 'output'; stream: number };

export type ChildEvents = {
	/** How it ended, as wait(2) tells. */
	ended(status: number): void;
	/** It could not be started after all: a code such as 'EACCES'. */
	failed(code: string): void;
	/** Bytes of a descriptor of kind `output`; they are the receiver's. */
	output(stream: number, bytes: Uint8Array): void;
};

/** A program that runs. */
export interface Child {
	/** undefined = it could not be started; `failed` says why. */
	readonly pid: number | undefined;
	/** Takes PHP's end of a pipe, once. Nothing is heard from it before that. */
	open(descriptor: number, events: ConnectionEvents): Connection;
	/** Sends a signal by its number; false = it cannot be sent. `group`: also to everything that it has started. */
	signal(number: number, group: boolean): boolean;
}
