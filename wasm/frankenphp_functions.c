/* Functions that FrankenPHP has, too. */
#include "igor.h"
#include "header_names.h"
#include "response.h"
#include "ext/json/php_json.h"
#include "zend_smart_str.h"

PHP_FUNCTION(headers_send)
{
	zend_long status = 200;

	ZEND_PARSE_PARAMETERS_START(0, 1)
		Z_PARAM_OPTIONAL
		Z_PARAM_LONG(status)
	ZEND_PARSE_PARAMETERS_END();

	if (status < 100 || status > 999) {
		zend_argument_value_error(1, "must be between 100 and 999");
		RETURN_THROWS();
	}
	/* The head has been sent, or waits where early hints would overwrite it. */
	if (SG(headers_sent)) {
		RETVAL_LONG(0);
		sapi_flush();
		return;
	}
	if (status < 200) {
		/* Early hints: the real head follows, with the current status. */
		igor_response_inform((int) status, &SG(sapi_headers));
		RETURN_LONG(SAPI_HEADER_SENT_SUCCESSFULLY);
	}
	SG(sapi_headers).http_response_code = (int) status;
	RETVAL_LONG(sapi_send_headers());
	sapi_flush();
}

PHP_FUNCTION(frankenphp_finish_request)
{
	ZEND_PARSE_PARAMETERS_NONE();
	if (!igor_current_request.open) {
		RETURN_FALSE;
	}
	php_output_end_all();
	php_header();
	/* From here on nothing is open: later output is dropped, and the end of the script sends no second END. */
	igor_response_end();
	RETURN_TRUE;
}

PHP_FUNCTION(frankenphp_request_headers)
{
	const igor_request *request = &igor_current_request;

	ZEND_PARSE_PARAMETERS_NONE();
	if (SG(server_context) == NULL) {
		RETURN_EMPTY_ARRAY();
	}
	array_init_size(return_value, request->header_count);
	for (uint32_t i = 0; i < request->header_count; i++) {
		igor_text text = request->headers[i].value;
		igor_header_name name = igor_header_name_of(request->headers[i].name);
		zval *before = zend_hash_find(Z_ARRVAL_P(return_value), name.canonical);
		zval value;

		if (before != NULL) {
			const char *separator = zend_string_equals_literal(name.canonical, "Cookie") ? "; " : ", ";

			ZVAL_STR(&value, zend_string_concat3(Z_STRVAL_P(before), Z_STRLEN_P(before), separator, 2, text.bytes, text.length));
		} else {
			ZVAL_STR(&value, zend_string_init_fast(text.bytes, text.length));
		}
		zend_hash_update(Z_ARRVAL_P(return_value), name.canonical, &value);
		igor_header_name_release(name);
	}
}

PHP_FUNCTION(frankenphp_response_headers)
{
	zend_llist *headers = &SG(sapi_headers).headers;
	zend_llist_position position;
	sapi_header_struct *header;

	ZEND_PARSE_PARAMETERS_NONE();
	array_init(return_value);
	for (header = zend_llist_get_first_ex(headers, &position); header != NULL;
		header = zend_llist_get_next_ex(headers, &position)) {
		const char *colon = memchr(header->header, ':', header->header_len);
		const char *end = header->header + header->header_len;
		const char *value;

		if (colon == NULL) {
			continue;
		}
		for (value = colon + 1; value < end && *value == ' '; value++) {
		}
		add_assoc_stringl_ex(return_value, header->header, (size_t) (colon - header->header), value,
			(size_t) (end - value));
	}
}

/*
 * An object, whatever the keys: a list would become a JSON array. Text is appended by a function of PHP's, not by its
 * inline ones: those call what only the newest patch releases have.
 */
static void encode_context(smart_str *json, HashTable *context)
{
	const int options = PHP_JSON_UNESCAPED_SLASHES | PHP_JSON_UNESCAPED_UNICODE | PHP_JSON_PARTIAL_OUTPUT_ON_ERROR |
		PHP_JSON_INVALID_UTF8_SUBSTITUTE;
	zend_string *key;
	zend_ulong index;
	zval *value;

	smart_str_append_printf(json, "{");
	ZEND_HASH_FOREACH_KEY_VAL(context, index, key, value) {
		zval name;

		ZVAL_STR(&name, key != NULL ? zend_string_copy(key) : zend_long_to_str((zend_long) index));
		if (ZSTR_LEN(json->s) > 1) {
			smart_str_append_printf(json, ",");
		}
		php_json_encode_ex(json, &name, options, PHP_JSON_PARSER_DEFAULT_DEPTH);
		smart_str_append_printf(json, ":");
		php_json_encode_ex(json, value, options, PHP_JSON_PARSER_DEFAULT_DEPTH);
		zval_ptr_dtor(&name);
	} ZEND_HASH_FOREACH_END();
	smart_str_append_printf(json, "}");
	smart_str_0(json);
}

PHP_FUNCTION(frankenphp_log)
{
	zend_string *message;
	zend_long level = 0;
	HashTable *context = NULL;
	smart_str json = {0};

	ZEND_PARSE_PARAMETERS_START(1, 3)
		Z_PARAM_STR(message)
		Z_PARAM_OPTIONAL
		Z_PARAM_LONG(level)
		Z_PARAM_ARRAY_HT(context)
	ZEND_PARSE_PARAMETERS_END();

	if (context != NULL && zend_hash_num_elements(context) > 0) {
		encode_context(&json, context);
	}
	level = level < INT32_MIN ? INT32_MIN : level > INT32_MAX ? INT32_MAX : level;
	/* A JsonSerializable in the context may have thrown: then the record is lost, and the exception says why. */
	if (EG(exception) == NULL) {
		igor_host_log((int32_t) level, ZSTR_VAL(message), (uint32_t) ZSTR_LEN(message), json.s ? ZSTR_VAL(json.s) : NULL,
			json.s ? (uint32_t) ZSTR_LEN(json.s) : 0);
	}
	smart_str_free(&json);
}
