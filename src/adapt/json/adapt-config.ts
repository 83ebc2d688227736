import type { CaddyfileHost } from '../../caddyfile/host.ts';
import { adaptCaddyfile } from '../adapt.ts';
import type { AdaptedConfig } from '../adapted-config.ts';
import type { ConfigFormat } from '../config-format.ts';
import { adaptJson } from './caddy-json.ts';

/** Understands a configuration. @throws CaddyfileError */
export function adaptConfig(text: string, file: string, format: ConfigFormat, host: CaddyfileHost): AdaptedConfig {
	return format === 'json' ? adaptJson(text, file) : adaptCaddyfile(text, file, host);
}
