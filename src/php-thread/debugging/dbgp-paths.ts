import { byteStrings } from '../../bytes/byte-strings.ts';
import { joinBytes } from '../../bytes/join-bytes.ts';
import type { ShownPaths } from './shown-paths.ts';

/** A length, the XML of so many bytes, and a NUL after each. */
const LENGTH_DIGITS = 10;
/** A command that is longer is passed on as it is, bytes. */
const LONGEST_COMMAND = 1024 * 1024;

const TAGS = /<!\[CDATA\[[\s\S]*?\]\]>|<[^>]*>/g;
const PATH_ATTRIBUTE = /(\s(?:fileuri|filename)=")(file:[^"]*)/g;
/** `-f URI`, before the data that follow `--`. */
const PATH_ARGUMENT = /(\s-f\s+"?)(file:[^\s"]+)/;

/** One direction of a connection: takes bytes as they come, gives what can be passed on. */
export type Passage = { take(bytes: Uint8Array): Uint8Array; rest(): Uint8Array };

/** What Xdebug says to an editor, with the paths of the host. */
export function toEditor(paths: ShownPaths): Passage {
	return inPieces((bytes) => {
		const head = bytes.indexOf(0);
		if (head < 0) return bytes.length <= LENGTH_DIGITS ? 'more' : 'unknown';
		const length = byteStrings.read(bytes, 0, head);
		if (!/^\d{1,10}$/.test(length)) return 'unknown';
		const end = head + 1 + Number(length);
		if (bytes.length <= end) return 'more';
		const xml = byteStrings.read(bytes, head + 1, end).replace(TAGS, (tag) => {
			if (tag.startsWith('<!')) return tag;
			return tag.replace(PATH_ATTRIBUTE, (_, before: string, uri: string) => before + paths.toHost(uri));
		});
		return { used: end + 1, text: `${xml.length}\0${xml}\0` };
	});
}

/** What an editor says to Xdebug, with the paths that PHP sees. */
export function toXdebug(paths: ShownPaths): Passage {
	return inPieces((bytes) => {
		const end = bytes.indexOf(0);
		if (end < 0) return bytes.length <= LONGEST_COMMAND ? 'more' : 'unknown';
		const [command = '', ...data] = byteStrings.read(bytes, 0, end).split(' -- ');
		const moved = command.replace(PATH_ARGUMENT, (_, before: string, uri: string) => before + paths.toPhp(uri));
		return { used: end + 1, text: `${[moved, ...data].join(' -- ')}\0` };
	});
}

type Piece = { used: number; text: string };

/** @param read the first message; it is not there yet, or this is no DBGp: then the rest passes unread */
function inPieces(read: (bytes: Uint8Array) => Piece | 'more' | 'unknown'): Passage {
	let waiting: Uint8Array[] = [];
	let isUnknown = false;
	const passed = (bytes: Uint8Array): Uint8Array => {
		const out: Uint8Array[] = [];
		let left = bytes;
		while (left.length > 0) {
			const piece = isUnknown ? 'unknown' : read(left);
			if (piece === 'more') break;
			if (piece === 'unknown') {
				isUnknown = true;
				out.push(left.slice());
				left = left.subarray(left.length);
				break;
			}
			const text = new Uint8Array(piece.text.length);
			byteStrings.write(text, piece.text, 0);
			out.push(text);
			left = left.subarray(piece.used);
		}
		waiting = left.length > 0 ? [left.slice()] : [];
		return joinBytes(out);
	};
	return {
		take: (bytes) => {
			// A message ends with a NUL: no need to look at what has none.
			waiting.push(bytes.slice());
			return isUnknown || bytes.includes(0) || waiting.length === 1 ? passed(joinBytes(waiting)) : new Uint8Array();
		},
		rest: () => {
			const left = joinBytes(waiting);
			waiting = [];
			return left;
		},
	};
}
