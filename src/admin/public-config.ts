import { isSecretName, REDACTED } from '../log/redaction.ts';

/** php.ini's own way of saying password: `mysqli.default_pw`. */
const SHORT_PASSWORD = /(?:^|[._])pw$/;

/**
 * A configuration as the admin API shows it, as JSON data. PHP's environment, password hashes and everything with the
 * name of a secret are left out: `igor adapt` shows them to whoever may read the Caddyfile.
 */
export function publicConfig(config: unknown): unknown {
	const text = JSON.stringify(config, (key, value: unknown) => {
		if (key === 'passwordHash' || key === 'secret') return REDACTED;
		if ((key === 'env' || key === 'requestEnv') && isRecord(value)) return hide(value, () => true);
		if (key === 'phpIni' && isRecord(value))
			return hide(value, (name) => isSecretName(name) || SHORT_PASSWORD.test(name));
		const isHeader = isRecord(value) && typeof value.field === 'string' && 'value' in value;
		return isHeader && isSecretName(String(value.field)) ? { ...value, value: REDACTED } : value;
	});
	return JSON.parse(text ?? 'null');
}

function hide(values: Record<string, unknown>, isSecret: (name: string) => boolean): Record<string, unknown> {
	return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, isSecret(name) ? REDACTED : value]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
