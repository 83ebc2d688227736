import { FileError } from '../../../../src/shared-memory/files/file-error.ts';

/** A file system as simple as can be, to compare the shared files with. */
export type ModelNode = { mode: number; content: number[]; children: Map<string, ModelNode> };

const isFolder = (node: ModelNode): boolean => (node.mode & 0o170000) === 0o040000;

export class Model {
	readonly root: ModelNode = { mode: 0o40777, content: [], children: new Map() };

	/** The folder with a name below the root; '' = the root. */
	folder(name: string): ModelNode {
		const found = name === '' ? this.root : this.root.children.get(name);
		if (found === undefined) throw new FileError('ENOENT');
		if (!isFolder(found)) throw new FileError('ENOTDIR');
		return found;
	}

	file(folder: string, name: string): ModelNode {
		const found = this.#entry(this.folder(folder), name);
		if (isFolder(found)) throw new FileError('EISDIR');
		return found;
	}

	create(folder: string, name: string, mode: number): void {
		const { children } = this.folder(folder);
		if (children.has(name)) throw new FileError('EEXIST');
		children.set(name, { mode, content: [], children: new Map() });
	}

	replace(folder: string, name: string, content: number[]): void {
		const { children } = this.folder(folder);
		const old = children.get(name);
		if (old && isFolder(old)) throw new FileError('EISDIR');
		children.set(name, { mode: old?.mode ?? 0o100644, content: [...content], children: new Map() });
	}

	unlink(folder: string, name: string): void {
		this.file(folder, name);
		this.folder(folder).children.delete(name);
	}

	rmdir(folder: string, name: string): void {
		const parent = this.folder(folder);
		const found = this.#entry(parent, name);
		if (!isFolder(found)) throw new FileError('ENOTDIR');
		if (found.children.size > 0) throw new FileError('ENOTEMPTY');
		parent.children.delete(name);
	}

	rename(fromFolder: string, fromName: string, toFolder: string, toName: string): void {
		const [from, to] = [this.folder(fromFolder), this.folder(toFolder)];
		const node = this.#entry(from, fromName);
		const replaced = to.children.get(toName);
		if (replaced === node) return;
		if (isFolder(node) && this.#contains(node, to)) throw new FileError('EINVAL');
		if (replaced !== undefined) {
			if (isFolder(node) && !isFolder(replaced)) throw new FileError('ENOTDIR');
			if (!isFolder(node) && isFolder(replaced)) throw new FileError('EISDIR');
			if (replaced.children.size > 0) throw new FileError('ENOTEMPTY');
		}
		from.children.delete(fromName);
		to.children.set(toName, node);
	}

	write(node: ModelNode, bytes: number[], position: number): void {
		if (bytes.length === 0) return;
		while (node.content.length < position) node.content.push(0);
		for (const [i, byte] of bytes.entries()) node.content[position + i] = byte;
	}

	truncate(node: ModelNode, size: number): void {
		while (node.content.length < size) node.content.push(0);
		node.content.length = size;
	}

	/** As `snapshot()` of the shared files. */
	snapshot(folder = this.root, path = ''): Record<string, string> {
		const found: Record<string, string> = {};
		for (const [name, node] of folder.children) {
			found[`${path}/${name}`] = `${node.mode.toString(8)} ${String.fromCharCode(...node.content)}`;
			Object.assign(found, this.snapshot(node, `${path}/${name}`));
		}
		return found;
	}

	#entry(folder: ModelNode, name: string): ModelNode {
		const found = folder.children.get(name);
		if (found === undefined) throw new FileError('ENOENT');
		return found;
	}

	#contains(outer: ModelNode, inner: ModelNode): boolean {
		return outer === inner || [...outer.children.values()].some((child) => this.#contains(child, inner));
	}
}
