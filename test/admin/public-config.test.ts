import { expect, test } from 'vitest';
import { writeCaddyJson } from '../../src/adapt/json/caddy-json.ts';
import { publicConfig } from '../../src/admin/public-config.ts';
import { adapt } from '../caddyfile/support.ts';

test('what may be a secret is not in the configuration that the admin API shows', () => {
	const config = writeCaddyJson(
		adapt(`:80 {
		php_server {
			env KEY s3cret
			env TOKEN {header.X-Token}-s3cret
		}
		basic_auth {
			bob $2a$14$s3cret
		}
		request_header X-Api-Key s3cret
		vars db_password s3cret
		reverse_proxy a:1 {
			lb_policy cookie lb s3cret
			health_uri /up
			health_headers {
				Authorization s3cret
			}
		}
	}`),
	);
	const text = JSON.stringify(publicConfig(config));
	expect(text).not.toContain('s3cret');
	expect(text).toContain('"TOKEN":"[redacted]"');
	expect(text).toContain('"uri":"/up"');
});
