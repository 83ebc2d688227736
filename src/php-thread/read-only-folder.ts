import type { EmscriptenFs } from './emscripten.ts';
import { ERRNO } from './errno.ts';

const WRITABLE = 0o222;

type Node = {
	mode: number;
	parent: Node;
	node_ops: Record<string, unknown>;
	/** Of a folder in memory, by name. */
	contents?: unknown;
	/** Where a file system is mounted: its root. */
	mounted?: { root: Node } | null;
};
type Rename = (node: Node, folder: Node, name: string) => void;
type LookUp = (parent: Node, name: string) => Node;

/**
 * Makes a folder of PHP's file system read-only, with all that is in it and is mounted there: nobody has permission to
 * write, and nobody can change the permissions. PHP thread.
 */
export function makeReadOnly(fs: EmscriptenFs, path: string): void {
	const { node } = (fs as unknown as { lookupPath(path: string): { node: Node } }).lookupPath(path);
	const refuse = (): never => {
		throw new fs.ErrnoError(ERRNO.EROFS);
	};
	const close = (each: Node): Node => {
		each.mode &= ~WRITABLE;
		const { lookup } = each.node_ops as { lookup?: LookUp };
		each.node_ops = {
			...each.node_ops,
			setattr: refuse,
			// Nodes of the host come to be when they are asked for.
			...(lookup && { lookup: (parent: Node, name: string) => close(lookup(parent, name)) }),
		};
		if (each.mounted) close(each.mounted.root);
		if (fs.isDir(each.mode) && each.contents !== undefined) {
			for (const child of Object.values(each.contents as Record<string, Node>)) close(child);
		}
		return each;
	};
	close(node);
	// Nobody can put another folder in its place either.
	const { rename } = node.parent.node_ops as { rename: Rename };
	node.parent.node_ops = {
		...node.parent.node_ops,
		rename: (moved: Node, folder: Node, name: string) => (moved === node ? refuse() : rename(moved, folder, name)),
	};
}
