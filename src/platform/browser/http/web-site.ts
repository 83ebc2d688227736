import type { PhpPort } from '../../../http/php-port.ts';
import type { Logger } from '../../../log/logger.ts';
import type { SharedFiles } from '../../../shared-memory/files/shared-files.ts';
import type { FileProbe } from '../../../site/php/file-probe.ts';
import { PhpResponder } from '../../../site/php/php-responder.ts';
import { WebCaller } from './web-caller.ts';
import type { WireRequest } from './web-request.ts';
import { errorResponse } from './web-response.ts';

/** What a site works with. */
export type WebSiteParts = {
	/** Absolute. */
	readonly root: string;
	readonly workers: ReadonlyMap<string, number>;
	readonly files: SharedFiles;
	readonly gateway: PhpPort;
	readonly log: Logger;
};

/** Answers requests by PHP, a file, a redirect or an error, as `php_server` does. */
export class WebSite {
	readonly #files: SharedFiles;
	readonly #php: PhpResponder;
	readonly #running = new Set<Promise<void>>();

	constructor({ root, workers, files, gateway, log }: WebSiteParts) {
		this.#files = files;
		this.#php = new PhpResponder({ root, probe: probeBelow(root, files), table: { root, workers }, gateway, log });
	}

	/** Rejects only when the request is aborted. */
	async answer(request: WireRequest): Promise<Response> {
		const caller = new WebCaller(request, this.#files);
		this.#php.answer(caller, request.url.pathname);
		const finished = caller.sink?.finished;
		if (finished !== undefined) {
			this.#running.add(finished);
			void finished.then(() => this.#running.delete(finished));
		}
		return caller.response ?? errorResponse(404);
	}

	/** Resolves when no request is running any more. */
	async idle(): Promise<void> {
		while (this.#running.size > 0) await Promise.all(this.#running);
	}
}

/** What routing sees of the shared files. */
function probeBelow(root: string, files: SharedFiles): FileProbe {
	const prefix = root === '/' ? '/' : `${root}/`;
	return {
		look(path) {
			const found = files.look(path === '/' ? root : root + path);
			if (found === undefined) return undefined;
			if (found.realPath !== root && !found.realPath.startsWith(prefix)) return undefined;
			return { kind: found.kind, realPath: found.realPath.slice(root === '/' ? 0 : root.length) || '/' };
		},
	};
}
