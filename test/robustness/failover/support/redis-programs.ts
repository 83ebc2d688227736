import { accessSync, constants } from 'node:fs';

const FOLDERS = ['/usr/bin', '/usr/local/bin'];

/** Where Debian puts a program; undefined = it is not on this machine. */
export function programOf(name: 'redis-server' | 'redis-sentinel'): string | undefined {
	return FOLDERS.map((folder) => `${folder}/${name}`).find((path) => {
		try {
			accessSync(path, constants.X_OK);
			return true;
		} catch {
			return false;
		}
	});
}

/** Why tests with Redis cannot run here; undefined when they can. On a build machine they always run. */
export const noRedis =
	process.env.CI || (programOf('redis-server') && programOf('redis-sentinel'))
		? undefined
		: "Redis and its Sentinel are not on this machine: install Debian's redis-server and redis-sentinel.";
