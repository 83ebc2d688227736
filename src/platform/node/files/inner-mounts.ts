import { mkdirSync } from 'node:fs';
import { at } from './folder.ts';
import { type Mount, Resolver } from './resolver.ts';

/** A folder that is visible inside another one shows up when that one is listed: as an empty one, if need be. */
export function showInnerMounts(mounts: readonly Mount[]): void {
	for (const outer of mounts) {
		if (outer.readOnly === true) continue;
		const inner = mounts.filter(({ visible }) => visible.startsWith(`${outer.visible}/`));
		if (inner.length === 0) continue;
		const resolver = new Resolver([outer]);
		for (const { visible } of inner) {
			for (let end = outer.visible.length; end >= 0; ) {
				end = visible.indexOf('/', end + 1);
				try {
					resolver.within(end < 0 ? visible : visible.slice(0, end), false, (folder, name) =>
						mkdirSync(at(folder, name)),
					);
				} catch {
					// It exists, or cannot be made: the inner folder is visible in any case.
				}
			}
		}
		resolver.close();
	}
}
