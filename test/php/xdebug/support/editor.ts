import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** Milliseconds for whatever is waited for: a PHP thread may have to start first, on a busy machine. */
const LIMIT = 60_000;

/** An editor that waits for Xdebug, as far as the protocol DBGp goes. */
export class Editor implements AsyncDisposable {
	readonly #server: Server = createServer();
	#port = 0;
	readonly #sessions: Session[] = [];
	readonly #wanted: ((session: Session) => void)[] = [];

	private constructor() {
		this.#server.on('connection', (socket) => {
			const session = new Session(socket);
			const next = this.#wanted.shift();
			if (next) next(session);
			else this.#sessions.push(session);
		});
	}

	static async open(): Promise<Editor> {
		const editor = new Editor();
		editor.#server.listen(0, '127.0.0.1');
		await once(editor.#server, 'listening');
		editor.#port = (editor.#server.address() as AddressInfo).port;
		return editor;
	}

	get port(): number {
		return this.#port;
	}

	/** The directives that lead here. */
	get ini(): Record<string, string> {
		return { 'xdebug.client_host': '127.0.0.1', 'xdebug.client_port': `${this.port}` };
	}

	/** The next connection of Xdebug, after its greeting. */
	async session(): Promise<Session> {
		const session =
			this.#sessions.shift() ??
			(await within('a connection', new Promise<Session>((resolve) => this.#wanted.push(resolve))));
		await session.next();
		// As editors do: a breakpoint on a line without code is moved to the next one that has some.
		await session.command('feature_set', '-n resolved_breakpoints -v 1');
		return session;
	}

	/** How many have connected and were not taken. */
	get waiting(): number {
		return this.#sessions.length;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#server.close();
		for (const session of this.#sessions) session.close();
	}
}

/** One connection of Xdebug. */
export class Session {
	/** What it said first. */
	greeting = '';
	/** What PHP has written, since the editor has asked for it. */
	output = '';
	readonly #socket: Socket;
	#received = Buffer.alloc(0);
	readonly #messages: string[] = [];
	#ended = false;
	#look: () => void = () => {};
	#commands = 0;

	constructor(socket: Socket) {
		this.#socket = socket;
		socket.on('data', (bytes) => {
			this.#received = Buffer.concat([this.#received, bytes]);
			this.#take();
			this.#look();
		});
		const end = (): void => {
			this.#ended = true;
			this.#look();
		};
		socket.on('close', end).on('error', end);
	}

	/** Sends a command and returns the answer to it. @param data behind `--` */
	async command(name: string, args = '', data?: string): Promise<string> {
		const id = ++this.#commands;
		const more = data === undefined ? '' : ` -- ${Buffer.from(data).toString('base64')}`;
		this.#socket.write(`${name} -i ${id}${args === '' ? '' : ` ${args}`}${more}\0`);
		for (;;) {
			const message = await this.next();
			if (message.includes(`transaction_id="${id}"`)) return message;
			const [, copy = ''] = /<stream [^>]*type="stdout"[^>]*><!\[CDATA\[(.*?)\]\]>/s.exec(message) ?? [];
			this.output += Buffer.from(copy, 'base64');
		}
	}

	/** A breakpoint at a line. */
	breakAt(uri: string, line: number): Promise<string> {
		return this.command('breakpoint_set', `-t line -f ${uri} -n ${line}`);
	}

	/** What a variable is, as text. */
	async variable(name: string): Promise<string> {
		const answer = await this.command('property_get', `-n ${name}`);
		const [, attributes = '', value = answer] = /<property([^>]*)><!\[CDATA\[(.*?)\]\]>/s.exec(answer) ?? [];
		return attributes.includes('encoding="base64"') ? Buffer.from(value, 'base64').toString() : value;
	}

	/** Lets PHP run, whatever happens then. */
	run(): void {
		this.#socket.write(`run -i ${++this.#commands}\0`);
	}

	/** The next message of Xdebug. Rejects when it has closed the connection. */
	async next(): Promise<string> {
		await within(
			'a message of Xdebug',
			this.#until(() => this.#messages.length > 0 || this.#ended),
		);
		const message = this.#messages.shift();
		if (message === undefined) throw new Error('Xdebug has closed the connection.');
		if (this.greeting === '') this.greeting = message;
		return message;
	}

	/** Resolves when Xdebug has closed the connection. */
	closed(): Promise<void> {
		return within(
			'the end of the session',
			this.#until(() => this.#ended),
		);
	}

	close(): void {
		this.#socket.destroy();
	}

	#until(condition: () => boolean): Promise<void> {
		return new Promise((resolve) => {
			this.#look = () => {
				if (condition()) resolve();
			};
			this.#look();
		});
	}

	#take(): void {
		for (;;) {
			const head = this.#received.indexOf(0);
			const end = head + 1 + Number(this.#received.subarray(0, head));
			if (head < 0 || this.#received.length <= end) return;
			this.#messages.push(this.#received.toString('latin1', head + 1, end));
			this.#received = this.#received.subarray(end + 1);
		}
	}
}

/** Where a session stands: `FILE:LINE` of the answer to a command that lets PHP run. */
export function placeOf(answer: string): string {
	const [, file = answer, line = '?'] = /filename="([^"]*)" lineno="(\d+)"/.exec(answer) ?? [];
	return `${decodeURIComponent(file)}:${line}`;
}

function within<T>(what: string, promise: Promise<T>): Promise<T> {
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<never>((_, reject) => {
		timer = setTimeout(() => reject(new Error(`Waited in vain for ${what}.`)), LIMIT);
	});
	return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
