/** A folder of the host and where PHP sees it. */
export type ShownFolder = { readonly host: string; readonly visible: string };

const FILE_URI = /^file:\/\/(?=\/)/;

/** Turns PHP's paths into the host's and back, in URIs of files. */
export class ShownPaths {
	readonly #folders: readonly ShownFolder[];

	constructor(folders: readonly ShownFolder[]) {
		this.#folders = folders.map(({ host, visible }) => ({ host: bare(host), visible: bare(visible) }));
	}

	/** Whether a path of PHP may be another one on the host. */
	get differ(): boolean {
		return this.#folders.some(({ host, visible }) => host !== visible);
	}

	/** What is no `file:` URI stays as it is. */
	toHost(uri: string): string {
		return this.#moved(uri, 'visible', 'host');
	}

	toPhp(uri: string): string {
		return this.#moved(uri, 'host', 'visible');
	}

	/** The innermost folder counts. */
	#moved(uri: string, from: keyof ShownFolder, to: keyof ShownFolder): string {
		const path = FILE_URI.test(uri) ? decoded(uri.replace(FILE_URI, '')) : undefined;
		if (path === undefined) return uri;
		const inside = this.#folders.filter((each) => path === each[from] || path.startsWith(`${each[from]}/`));
		const [folder] = inside.sort((a, b) => b[from].length - a[from].length);
		if (folder === undefined || folder.host === folder.visible) return uri;
		return `file://${`${folder[to]}${path.slice(folder[from].length)}`.split('/').map(encodeURIComponent).join('/')}`;
	}
}

const bare = (path: string): string => path.replace(/\/+$/, '');

function decoded(path: string): string | undefined {
	try {
		return decodeURIComponent(path);
	} catch {
		return undefined;
	}
}
