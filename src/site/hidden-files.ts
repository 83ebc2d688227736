import { matchesGlob } from './glob.ts';

/**
 * Whether a file is hidden, by Caddy's rules: a pattern without a slash is for every part of the path below the root,
 * one with a slash for the whole path; a folder hides what is in it.
 *
 * @param path below the root, beginning with '/'
 * @param absolute the same file's absolute path
 */
export function isHiddenFile(patterns: readonly string[], path: string, absolute: string): boolean {
	return patterns.some((pattern) => {
		if (!pattern.includes('/')) return path.split('/').some((part) => part === pattern || matchesGlob(pattern, part));
		return absolute === pattern || absolute.startsWith(`${pattern}/`) || matchesGlob(pattern, absolute);
	});
}
