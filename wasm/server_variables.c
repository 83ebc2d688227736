/* $_SERVER, with FrankenPHP's keys. */
#include "igor.h"
#include "environment.h"
#include "header_names.h"
#include "request.h"
#include "strings.h"

#define KNOWN_NAMES(X) \
	X(AUTH_TYPE) X(CONTENT_LENGTH) X(CONTENT_TYPE) X(DOCUMENT_ROOT) X(DOCUMENT_URI) X(FRANKENPHP_SIDEKICK_NAME) \
	X(FRANKENPHP_WORKER) X(FRANKENPHP_WORKER_BACKGROUND) X(GATEWAY_INTERFACE) X(HTTPS) X(HTTP_HOST) X(PATH_INFO) X(PATH_TRANSLATED) X(PHP_SELF) \
	X(QUERY_STRING) X(REMOTE_ADDR) X(REMOTE_HOST) X(REMOTE_IDENT) X(REMOTE_PORT) X(REMOTE_USER) X(REQUEST_METHOD) \
	X(REQUEST_SCHEME) X(REQUEST_URI) X(SCRIPT_FILENAME) X(SCRIPT_NAME) X(SERVER_NAME) X(SERVER_PORT) \
	X(SERVER_PROTOCOL) X(SERVER_SOFTWARE) X(SSL_CIPHER) X(SSL_PROTOCOL)

#define KNOWN_VALUES(X) \
	X(FRANKENPHP, "FrankenPHP") X(CGI, "CGI/1.1") X(HTTP, "http") X(HTTPS_SCHEME, "https") X(ON, "on") X(ONE, "1") \
	X(HTTP10, "HTTP/1.0") X(HTTP11, "HTTP/1.1") X(HTTP20, "HTTP/2.0")

#define AS_NAME(name) NAME_##name,
#define AS_VALUE(name, text) VALUE_##name,
#define AS_NAME_TEXT(name) #name,
#define AS_VALUE_TEXT(name, text) text,
enum { KNOWN_NAMES(AS_NAME) KNOWN_VALUES(AS_VALUE) STRING_COUNT };
static const char *const texts[STRING_COUNT] = {KNOWN_NAMES(AS_NAME_TEXT) KNOWN_VALUES(AS_VALUE_TEXT)};
static zend_string *strings[STRING_COUNT]; /* made once, permanent */

/* Without filter.default, the extension "filter" changes nothing but costs a microsecond per variable. */
static bool filter_is_set;

/* In MINIT: interned for good. */
void igor_server_variables_startup(void)
{
	char *filter = NULL;

	for (int i = 0; i < STRING_COUNT; i++) {
		strings[i] = igor_string_permanent(texts[i], strlen(texts[i]));
	}
	filter_is_set = cfg_get_string("filter.default", &filter) == SUCCESS && filter != NULL;
}

static void set_string(HashTable *table, zend_string *name, zend_string *value)
{
	zval entry;

	if (filter_is_set) {
		char *bytes = estrndup(ZSTR_VAL(value), ZSTR_LEN(value));
		size_t length = ZSTR_LEN(value);
		bool keep = sapi_module.input_filter(PARSE_SERVER, ZSTR_VAL(name), &bytes, length, &length);

		zend_string_release(value);
		value = keep ? zend_string_init(bytes, length, false) : NULL;
		efree(bytes);
		if (!keep) {
			return;
		}
	}
	ZVAL_STR(&entry, value);
	zend_hash_update(table, name, &entry);
}

static void set_text(HashTable *table, int name, igor_text text)
{
	set_string(table, strings[name], zend_string_init_fast(text.bytes, text.length));
}

static void set_chars(HashTable *table, int name, const char *text)
{
	size_t length = text ? strlen(text) : 0;

	set_string(table, strings[name], zend_string_init_fast(text, length));
}

static void set_known(HashTable *table, int name, int value)
{
	set_string(table, strings[name], strings[value]);
}

static zend_string *join(igor_text first, igor_text second)
{
	return zend_string_concat2(first.bytes, first.length, second.bytes, second.length);
}

/* Registered first, into an array without any other HTTP_*: a name that exists already is a repeated header. */
static void set_headers(HashTable *table)
{
	const igor_request *request = &igor_current_request;

	for (uint32_t i = 0; i < request->header_count; i++) {
		igor_text text = request->headers[i].value;
		igor_header_name name;
		zval *before;

		/* How the body was transferred no longer matters. */
		if (request->headers[i].name.length == sizeof("transfer-encoding") - 1 &&
			strncasecmp(request->headers[i].name.bytes, "transfer-encoding", sizeof("transfer-encoding") - 1) == 0) {
			continue;
		}
		name = igor_header_name_of(request->headers[i].name);
		before = zend_hash_find(table, name.variable);

		if (before != NULL) {
			bool cookie = zend_string_equals_literal(name.variable, "HTTP_COOKIE");

			set_string(table, name.variable, zend_string_concat3(Z_STRVAL_P(before), Z_STRLEN_P(before),
				cookie ? "; " : ", ", 2, text.bytes, text.length));
		} else {
			set_string(table, name.variable, zend_string_init_fast(text.bytes, text.length));
		}
		igor_header_name_release(name);
	}
}

static void set_request(HashTable *table)
{
	const igor_request *request = &igor_current_request;
	const igor_header *content_length = igor_request_find_header("content-length", sizeof("content-length") - 1);
	const igor_header *host = igor_request_find_header("host", sizeof("host") - 1);
	const igor_text none = {"", 0};
	bool https = (request->flags & IGOR_REQUEST_HTTPS) != 0;
	int protocol = request->protocol >= 2000 ? VALUE_HTTP20 : request->protocol > 1000 ? VALUE_HTTP11 : VALUE_HTTP10;

	set_text(table, NAME_CONTENT_LENGTH, content_length ? content_length->value : none);
	set_text(table, NAME_REMOTE_ADDR, request->remote_addr);
	set_text(table, NAME_REMOTE_HOST, request->remote_addr);
	set_string(table, strings[NAME_REMOTE_PORT], zend_long_to_str(request->remote_port));
	set_text(table, NAME_DOCUMENT_ROOT, request->document_root);
	set_text(table, NAME_PATH_INFO, request->path_info);
	set_string(table, strings[NAME_PHP_SELF], join(request->script_name, request->path_info));
	set_text(table, NAME_DOCUMENT_URI, request->script_name);
	set_text(table, NAME_SCRIPT_FILENAME, request->script_filename);
	set_text(table, NAME_SCRIPT_NAME, request->script_name);
	if (https) {
		set_known(table, NAME_HTTPS, VALUE_ON);
	} else {
		set_text(table, NAME_HTTPS, none);
	}
	set_text(table, NAME_SSL_PROTOCOL, request->ssl_protocol);
	set_text(table, NAME_SSL_CIPHER, request->ssl_cipher);
	set_known(table, NAME_REQUEST_SCHEME, https ? VALUE_HTTPS_SCHEME : VALUE_HTTP);
	set_text(table, NAME_SERVER_NAME, request->server_name);
	set_string(table, strings[NAME_SERVER_PORT], zend_long_to_str(request->server_port));
	set_text(table, NAME_HTTP_HOST, host ? host->value : none);
	set_known(table, NAME_GATEWAY_INTERFACE, VALUE_CGI);
	set_known(table, NAME_SERVER_PROTOCOL, protocol);
	set_known(table, NAME_SERVER_SOFTWARE, VALUE_FRANKENPHP);
	set_text(table, NAME_AUTH_TYPE, none);
	set_text(table, NAME_REMOTE_IDENT, none);
	set_text(table, NAME_REQUEST_URI, request->request_uri);
}

/* Of the request's own environment. */
static void set_variables(HashTable *table)
{
	for (uint32_t i = 0; i < igor_current_request.variable_count; i++) {
		const igor_header *variable = &igor_current_request.variables[i];
		zend_string *name = zend_string_init(variable->name.bytes, variable->name.length, false);

		set_string(table, name, zend_string_init_fast(variable->value.bytes, variable->value.length));
		zend_string_release(name);
	}
}

/* What PHP itself relies on: `env` must not override it. */
static void set_request_info(HashTable *table)
{
	const igor_request *request = &igor_current_request;

	set_chars(table, NAME_CONTENT_TYPE, SG(request_info).content_type);
	if (request->path_info.length > 0) {
		set_string(table, strings[NAME_PATH_TRANSLATED], join(request->document_root, request->path_info));
	}
	set_text(table, NAME_QUERY_STRING, request->query_string);
	if (SG(request_info).auth_user != NULL) {
		set_chars(table, NAME_REMOTE_USER, SG(request_info).auth_user);
	}
	set_text(table, NAME_REQUEST_METHOD, request->method);
}

/* Scripts without a request: what the command line has, and no key that would suggest a client. */
static void set_script(HashTable *table)
{
	set_chars(table, NAME_PHP_SELF, igor_thread.script);
	set_chars(table, NAME_SCRIPT_NAME, igor_thread.script);
	set_chars(table, NAME_SCRIPT_FILENAME, igor_thread.script);
	set_chars(table, NAME_PATH_TRANSLATED, igor_thread.script);
	set_chars(table, NAME_DOCUMENT_ROOT, "");
	set_known(table, NAME_SERVER_SOFTWARE, VALUE_FRANKENPHP);
	if (igor_thread.sidekick_name != NULL && !igor_thread.is_background) {
		set_chars(table, NAME_FRANKENPHP_SIDEKICK_NAME, igor_thread.sidekick_name);
	}
}

/* What tells a script what it is, whatever `env` says. */
static void set_role(HashTable *table)
{
	if (igor_thread.role == IGOR_ROLE_WORKER) {
		set_known(table, NAME_FRANKENPHP_WORKER, VALUE_ONE);
	} else {
		zend_hash_del(table, strings[NAME_FRANKENPHP_WORKER]);
	}
	if (igor_thread.is_background) {
		set_chars(table, NAME_FRANKENPHP_WORKER_BACKGROUND, igor_thread.sidekick_name);
	} else {
		zend_hash_del(table, strings[NAME_FRANKENPHP_WORKER_BACKGROUND]);
	}
}

void igor_register_server_variables(zval *array)
{
	HashTable *table = Z_ARRVAL_P(array);
	HashTable *environment = SG(server_context) != NULL ? igor_request_environment() : igor_environment();
	uint32_t expected = 40 + igor_current_request.header_count;

	zend_hash_extend(table, expected + zend_hash_num_elements(environment), false);
	if (SG(server_context) != NULL) {
		set_headers(table);
		set_request(table);
	} else if (igor_thread.script != NULL) {
		set_script(table);
	}
	/* As in FrankenPHP, `env` wins over what the request says ("env HTTPS on" is meant), but not over what PHP relies on. */
	zend_hash_merge(table, environment, NULL, true);
	if (SG(server_context) != NULL) {
		set_variables(table);
		set_request_info(table);
	}
	set_role(table);
}
