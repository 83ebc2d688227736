/** Caddyfiles with everything in them; the second has one site without braces. */
export const SAMPLES = [
	`{
	admin 127.0.0.1:2019 {
		origins localhost
	}
	debug
	http_port {$PORT:8080}
	order php before file_server
	servers {
		trusted_proxies static private_ranges
	}
	frankenphp {
		num_threads 4
		max_threads 8
		max_wait_time 500ms
		php_ini memory_limit 256M
		worker {
			file /app/worker.php
			num 2
			watch
		}
	}
	log {
		output file /var/log/igor.log
		level INFO
	}
}

(php) {
	php_server {args[1:]} {
		root {args[0]}
		env APP_ENV prod
		worker worker.php 2
		sidekick {
			entrypoint bin/console
			allow redis-* config
			stop_timeout 1m30s
			max_snapshot_size 8MiB
		}
		{block}
	}
}

example.test, *.example.test:8443 {
	tls internal
	import common.conf {
		redir /old /new 308
	}
	@api {
		path /api/* /v2/*
		method GET POST
		not header X-Skip *
	}
	handle @api {
		import php /srv/api {
			name api
		}
	}
	handle_path /static/* {
		file_server browse
	}
	handle {
		respond <<TEXT
			Hello
			  there
			TEXT 200
	}
	handle_errors 5xx {
		respond \`{"error": true}\` 500
	}
}
import sites/* hello
`,
	`localhost:8080

root /srv/public # where it is
basic_auth /admin/* {
	bob $2a$14$abcdefghijklmnopqrstuv
}
@assets path *.css *.js
header @assets Cache-Control "max-age=3600, \\"quoted\\""
uri strip_prefix /x
try_files {path} \\
	{path}/ /index.php?{query}
rewrite /a* /b
request_body {
	max_size 10MB
}
route {
	error /secret 403
	respond "ok"
}
log {
	output stdout
	format json
}
php_server {
	sidekick_entrypoint bin/console
}
`,
];

/** What mutations put in. */
export const WORDS = [
	'{',
	'}',
	'{\n',
	'}\n',
	'"',
	'`',
	'<<END\n',
	'END',
	'\\',
	'\\\n',
	'#',
	',',
	'\n',
	'\r\n',
	'\t',
	'@',
	'@api',
	'*',
	'/',
	':80',
	'http://',
	'(php)',
	'&(r)',
	'import',
	'import php\n',
	'import self.conf\n',
	'import sites/* x y\n',
	'{$PORT}',
	'{$LINES}',
	'{$NO:{}',
	'{args[0]}',
	'{args[:]}',
	'{args[9]}',
	'{block}',
	'{blocks.a}',
	'{path}',
	'not',
	'php_server',
	'handle',
	'reverse_proxy',
	'worker',
	'-1',
	'99999999999999999999',
	'1h',
	'ß',
	'\u0000',
	'\u2028',
	'\ud800',
	'__proto__',
	'constructor',
	'toString {\n',
];
