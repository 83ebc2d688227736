import { readBasicAuth } from './basic-auth.ts';
import { readBind } from './bind.ts';
import {
	type DirectiveBase,
	type RefusedDirective,
	type RenamedDirective,
	refused,
	renamed,
	type SiteDirective,
	type StepDirective,
	site,
	step,
} from './directive.ts';
import { readEncode } from './encode.ts';
import { readError } from './error.ts';
import { readFileServer } from './file-server.ts';
import { readHandle, readHandlePath } from './handle.ts';
import { readHandleErrors } from './handle-errors.ts';
import { readHeader } from './header.ts';
import { readIntercept } from './intercept.ts';
import { readSiteLog } from './log.ts';
import { readLogSkip } from './log-skip.ts';
import { readMap } from './map.ts';
import { readMetrics } from './metrics.ts';
import { readPhp } from './php.ts';
import { readPhpServer } from './php-server.ts';
import { readRedir } from './redir.ts';
import { readRequestBody } from './request-body.ts';
import { readRequestHeader } from './request-header.ts';
import { readRespond } from './respond.ts';
import { readReverseProxy } from './reverse-proxy.ts';
import { readRewrite } from './rewrite.ts';
import { readRoot } from './root.ts';
import { readRoute } from './route.ts';
import { readTls } from './tls.ts';
import { readTryFiles } from './try-files.ts';
import { readUri } from './uri.ts';
import { readVars } from './vars.ts';

/** Directives in Caddy's order, with FrankenPHP's two before `file_server`, where its own build puts them. */
const ORDERED = {
	tracing: refused(),
	map: step(readMap),
	vars: step(readVars),
	fs: refused(),
	root: step(readRoot, 'first_of_two'),
	log_append: refused(),
	skip_log: renamed('log_skip'),
	log_skip: step(readLogSkip),
	log_name: refused(),
	header: step(readHeader),
	copy_response_headers: refused(),
	request_body: step(readRequestBody),
	timeouts: refused(),
	redir: step(readRedir),
	method: refused(),
	rewrite: step(readRewrite, 'first_of_two'),
	uri: step(readUri),
	try_files: step(readTryFiles, 'none'),
	basicauth: renamed('basic_auth'),
	basic_auth: step(readBasicAuth),
	forward_auth: refused(),
	request_header: step(readRequestHeader),
	encode: step(readEncode),
	push: refused(),
	intercept: step(readIntercept),
	templates: refused(),
	invoke: refused("use 'import' and a snippet"),
	handle: step(readHandle),
	handle_path: step(readHandlePath, 'none'),
	route: step(readRoute),
	abort: refused("use 'respond' with a status and 'close'"),
	error: step(readError),
	copy_response: refused(),
	respond: step(readRespond),
	metrics: step(readMetrics),
	reverse_proxy: step(readReverseProxy),
	php_fastcgi: refused("use 'php_server': PHP runs inside of Igor"),
	php: step(readPhp),
	php_server: step(readPhpServer),
	file_server: step(readFileServer),
	acme_server: refused(),
};

/** Directives without a place in that order: those about the site, and plugins that FrankenPHP's own build contains. */
const UNORDERED = {
	bind: site(readBind),
	tls: site(readTls),
	// Laravel Octane's Caddyfile has it in its route.
	handle_errors: site(readHandleErrors, true),
	log: site(readSiteLog),
	mercure: refused("remove the whole 'mercure' block, and run the hub of mercure.rocks beside Igor if you need one"),
	vulcain: refused("remove the line 'vulcain': responses are the same without it, only not preloaded"),
};

/** Every name that can start a line in a site: the one list that everything else about directives derives from. */
const DIRECTIVES = { ...ORDERED, ...UNORDERED };

type Entry = (typeof DIRECTIVES)[keyof typeof DIRECTIVES];
type ConfigOf<Each> = Each extends StepDirective<infer Config> ? Config : never;

/**
 * A step of a request. Of several `root`, of several `rewrite`, and of several `handle` and `handle_path` in one list
 * only the first whose matcher matches applies, as in Caddy; all others apply one after another. Placeholders are
 * still in the texts.
 */
export type AdaptedDirective = DirectiveBase & ConfigOf<Entry>;

/** The name of a directive that becomes a step. */
export type StepName = AdaptedDirective['type'];

/** The step of one directive, or of one of several. */
export type DirectiveOf<Name extends StepName> = Extract<AdaptedDirective, { type: Name }>;

/** A directive that runs PHP. */
export type PhpDirective = DirectiveOf<'php' | 'php_server'>;

/** What the list says of a name. */
export type ListedDirective = StepDirective<ConfigOf<Entry>> | SiteDirective | RenamedDirective | RefusedDirective;

/** Caddy's order of directives. */
export const DIRECTIVE_ORDER: readonly string[] = Object.keys(ORDERED);

/** Every name that can start a line in a site. */
export const ALL_DIRECTIVES: readonly string[] = Object.keys(DIRECTIVES);

/** What the list says of a name; `undefined` = it is none of Caddy's, FrankenPHP's or Igor's. */
export function listedDirective(name: string): ListedDirective | undefined {
	return isListed(name) ? DIRECTIVES[name] : undefined;
}

function isListed(name: string): name is keyof typeof DIRECTIVES {
	return Object.hasOwn(DIRECTIVES, name);
}
