// Which Node.js can run the server. Any Node.js ≥ 20 can read this file.

/** Whether a version has what the server needs: WebAssembly's JSPI. */
export function isRecent(version) {
	const [major, minor] = version.split('.').map(Number);
	return major > 24 || (major === 24 && minor >= 18);
}

/** The sentence for a Node.js that is too old; what else might help can follow it. */
export function tooOld() {
	return `Igor needs Node.js 24.18 or newer, and this is ${process.versions.node}; install a newer Node.js`;
}
