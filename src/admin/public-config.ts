import { isSecretName, REDACTED } from '../log/redaction.ts';
import { isObject } from './config-path.ts';

/** php.ini's own way of saying password: `mysqli.default_pw`. */
const SHORT_PASSWORD = /(?:^|[._])pw$/;

/**
 * Caddy's JSON as the admin API shows it. PHP's environment, password hashes and everything with the name of a secret
 * are left out: `igor adapt` shows them to whoever may read the configuration's file.
 */
export function publicConfig(config: unknown): unknown {
	const text = JSON.stringify(config, (key, value: unknown) => {
		if (!isObject(value)) return value;
		if (key === 'env') return hide(value, () => true);
		if (key === 'php_ini') return hide(value, (name) => isSecretName(name) || SHORT_PASSWORD.test(name));
		// Fields of a header, variables, accounts, cookies: what they are called says what they hold.
		return hide(value, isSecretName);
	});
	return JSON.parse(text ?? 'null');
}

function hide(values: Record<string, unknown>, isSecret: (name: string) => boolean): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(values).map(([name, value]) => [name, isSecret(name) ? hidden(value) : value]),
	);
}

/** Lists stay lists. What is missing, or an object of its own, is no secret. */
function hidden(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(() => REDACTED);
	return value === null || typeof value === 'object' || typeof value === 'boolean' ? value : REDACTED;
}
