import * as fs from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Operation } from './attacked-server.ts';

/**
 * What the operations of fixtures/operations.php come to natively: Node's own functions on a folder of the host, in which
 * a link to the outside leads nowhere.
 */
export function operateNatively(tree: string, [name, a = '', b = '']: Operation): unknown {
	const path = `${tree}/${a}`;
	const other = `${tree}/${b}`;
	const works = (action: () => unknown): boolean => {
		try {
			action();
			return true;
		} catch {
			return false;
		}
	};
	const tried = <T>(action: () => T): T | false => {
		try {
			return action();
		} catch {
			return false;
		}
	};
	const written = (flag: string): number | false =>
		tried(() => {
			// PHP has followed a link before, also to what is not there yet.
			fs.writeFileSync(flag === 'wx' ? expand(path) : path, String(b), { flag });
			return String(b).length;
		});
	switch (name) {
		case 'read':
			return tried(() => read(path));
		case 'write':
			return written('w');
		case 'append':
			return written('a');
		case 'first':
			return written('wx');
		case 'truncate':
			return tried(() => {
				const fd = fs.openSync(path, 'r+');
				fs.ftruncateSync(fd, Number(b));
				fs.closeSync(fd);
				return true;
			});
		case 'stat':
			return tried(() => described(fs.statSync(path)));
		case 'lstat':
			return tried(() => described(fs.lstatSync(path)));
		case 'is': {
			const stat = tried(() => fs.statSync(path));
			const isLink = tried(() => fs.lstatSync(path).isSymbolicLink());
			return [
				stat !== false,
				stat !== false && stat.isFile(),
				stat !== false && stat.isDirectory(),
				isLink,
				works(() => fs.accessSync(path, fs.constants.R_OK)),
			];
		}
		case 'list':
			return tried(() => ['.', '..', ...fs.readdirSync(path)].sort());
		case 'iterate':
			return tried(() =>
				['.', '..', ...fs.readdirSync(path)].map((entry) => `${entry}:${typeOf(`${path}/${entry}`)}`).sort(),
			);
		case 'readlink':
			return tried(() => fs.readlinkSync(path));
		case 'realpath':
			return tried(() => fs.realpathSync.native(path));
		case 'mkdir':
			return works(() => fs.mkdirSync(path, 0o755));
		case 'rmdir':
			return works(() => fs.rmdirSync(path));
		case 'unlink':
			return works(() => fs.unlinkSync(path));
		case 'rename':
			return works(() => fs.renameSync(path, other));
		case 'symlink':
			return works(() => {
				const target = String(b).replace('TREE/', `${tree}/`);
				expand(resolve(dirname(path), target));
				fs.symlinkSync(target, expand(path));
			});
		case 'link':
			return works(() => {
				expand(path);
				expand(other);
				fs.linkSync(path, other);
			});
		case 'chmod':
			return works(() => fs.chmodSync(path, Number(b)));
		case 'touch':
			return works(() => {
				if (!fs.existsSync(path)) fs.closeSync(fs.openSync(path, 'w'));
				fs.utimesSync(path, Number(b), Number(b));
			});
		case 'chdir':
			return tried(() => fs.statSync(path).isDirectory() && read(`${path}/x`));
		default:
			throw new Error(`The model knows no ${name}.`);
	}
}

/** PHP opens folders, too, and reads nothing. */
function read(path: string): string {
	return fs.statSync(path).isDirectory() ? '' : fs.readFileSync(path, 'utf8');
}

/** Of a path that may end in what is not there. */
function realFolder(path: string): string {
	const folder = dirname(path);
	return fs.existsSync(folder) ? fs.realpathSync.native(folder) : folder;
}

/** PHP follows links in a name that is to be made, and goes round in no circle. */
function expand(path: string): string {
	for (let links = 0; links < 32; links++) {
		const target = fs.lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true && fs.readlinkSync(path);
		if (target === false) return path;
		// A link's text counts from where its folder really is: that may itself be a link.
		path = resolve(realFolder(path), target);
	}
	throw new Error('A circle of links.');
}

function typeOf(path: string): string {
	const stat = fs.lstatSync(path);
	return stat.isDirectory() ? 'dir' : stat.isSymbolicLink() ? 'link' : 'file';
}

function described(stat: fs.Stats): unknown[] {
	return stat.isDirectory() ? [stat.mode, 0, 0] : [stat.mode, stat.nlink, stat.isSymbolicLink() ? 0 : stat.size];
}
